<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class MyKey extends Type
{
    /**
     * @param list<string> $scopes
     */
    public function __construct(
        public readonly string $id,
        public readonly string $public,
        public readonly string $name,
        public readonly string $mode,
        public readonly array $scopes,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['public'] ?? null,
            $data['name'] ?? null,
            $data['mode'] ?? null,
            $data['scopes'] ?? null,
        );
    }
}
