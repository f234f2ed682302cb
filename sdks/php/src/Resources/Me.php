<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

final class Me extends Resource
{
    /** The key, its workspace, role and scopes: the first call to make with one. */
    public function get(): \OpsIQ\Types\Me
    {
        return $this->api->call(\OpsIQ\Types\Me::class, 'GET', ['me']);
    }
}
