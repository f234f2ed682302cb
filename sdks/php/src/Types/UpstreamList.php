<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class UpstreamList extends Type
{
    /**
     * The signed declarations of contracts that were drafted from another system's document.
     *
     * @param list<array<string, mixed>> $data
     */
    public function __construct(
        public readonly array $data,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['data'] ?? null,
        );
    }
}
