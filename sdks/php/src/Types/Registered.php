<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Registered extends Type
{
    /**
     * `fresh` False: this very version stood already. `secret`: made now for the endpoint's origin and shown this once; it signs the
     * calls to it.
     */
    public function __construct(
        public readonly string $name,
        public readonly int $version,
        public readonly string $digest,
        public readonly bool $fresh,
        public readonly ?string $secret,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['version'] ?? null,
            $data['digest'] ?? null,
            $data['fresh'] ?? null,
            $data['secret'] ?? null,
        );
    }
}
