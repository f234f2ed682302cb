<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Me extends Type
{
    public function __construct(
        public readonly string $workspace,
        public readonly MyKey $key,
        public readonly string $role,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['workspace'] ?? null,
            MyKey::from($data['key'] ?? null),
            $data['role'] ?? null,
        );
    }
}
