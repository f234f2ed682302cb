<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Suspended extends Type
{
    /**
     * A suspended version. `state` is `suspended`: it is neither offered nor sent until an owner has reviewed it in the console.
     */
    public function __construct(
        public readonly string $name,
        public readonly int $version,
        public readonly string $state,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['version'] ?? null,
            $data['state'] ?? null,
        );
    }
}
