<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Actor extends Type
{
    public function __construct(
        public readonly string $id,
        public readonly string $name,
        public readonly string $role,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['name'] ?? null,
            $data['role'] ?? null,
        );
    }
}
