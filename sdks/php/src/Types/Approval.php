<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Approval extends Type
{
    /**
     * @param string $at RFC 3339
     */
    public function __construct(
        public readonly string $name,
        public readonly string $at,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['at'] ?? null,
        );
    }
}
