<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Field extends Type
{
    public function __construct(
        public readonly string $name,
        public readonly string $label,
        public readonly string $type,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['label'] ?? null,
            $data['type'] ?? null,
        );
    }
}
