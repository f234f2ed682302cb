<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Types\Contract;
use OpsIQ\Types\ContractList;
use OpsIQ\Types\ContractSummary;
use OpsIQ\Types\Registered;
use OpsIQ\Types\RegisteredList;
use OpsIQ\Types\Retired;
use OpsIQ\Types\Version;
use OpsIQ\Types\VersionList;

final class Contracts extends Resource
{
    /**
     * What this key's role may run.
     *
     * @return list<ContractSummary>
     */
    public function list(): array
    {
        return $this->api->call(ContractList::class, 'GET', ['contracts'])->data;
    }

    public function get(string $name): Contract
    {
        return $this->api->call(Contract::class, 'GET', ['contracts', $name]);
    }

    /** @return list<Version> newest first */
    public function versions(string $name): array
    {
        return $this->api->call(VersionList::class, 'GET', ['contracts', $name, 'versions'])->data;
    }

    /**
     * Lint, sign and register: all of them or none (owners).
     *
     * @param list<array<string, mixed>|object> $contracts an empty object in one is `new \stdClass`, an empty array a list
     * @return list<Registered>
     */
    public function register(array $contracts, ?string $idempotency_key = null): array
    {
        $body = ['contracts' => array_values($contracts)];
        return $this->api->call(RegisteredList::class, 'POST', ['contracts'], [], $body, $idempotency_key)->data;
    }

    /** Offer it no more (owners). */
    public function retire(string $name, ?string $idempotency_key = null): Retired
    {
        $key = $idempotency_key ?? bin2hex(random_bytes(16));
        return $this->api->call(Retired::class, 'DELETE', ['contracts', $name], idempotency_key: $key);
    }
}
