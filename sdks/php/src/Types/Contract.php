<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Contract extends Type
{
    protected const MAPS = ['contract'];

    /**
     * A version of a contract. `contract` is the signed declaration. `jws` is its detached signature (RFC 7515), null for readers who
     * aren't owners.
     *
     * @param array<string, mixed> $contract
     */
    public function __construct(
        public readonly string $name,
        public readonly int $version,
        public readonly string $digest,
        public readonly string $state,
        public readonly Signature $signature,
        public readonly array $contract,
        public readonly ?string $jws,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['version'] ?? null,
            $data['digest'] ?? null,
            $data['state'] ?? null,
            Signature::from($data['signature'] ?? null),
            self::map($data['contract'] ?? null),
            $data['jws'] ?? null,
        );
    }
}
