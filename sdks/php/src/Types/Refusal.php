<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Refusal extends Type
{
    /**
     * Why nothing was done. `nearest` are the names of the closest actions.
     *
     * @param list<string> $nearest
     */
    public function __construct(
        public readonly string $code,
        public readonly string $detail,
        public readonly array $nearest,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['code'] ?? null,
            $data['detail'] ?? null,
            $data['nearest'] ?? null,
        );
    }
}
