<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Types\Connector;
use OpsIQ\Types\ConnectorList;

final class Connectors extends Resource
{
    /**
     * Every connector, and what of which records each may read.
     *
     * @return list<Connector>
     */
    public function list(): array
    {
        return $this->api->call(ConnectorList::class, 'GET', ['connectors'])->data;
    }
}
