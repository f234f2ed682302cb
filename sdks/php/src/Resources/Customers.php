<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Types\Record;

final class Customers extends Resource
{
    /** The customer's declared fields (`data`), read live from the platform. */
    public function get(string|int $id): Record
    {
        return $this->api->call(Record::class, 'GET', ['customers', $id]);
    }
}
