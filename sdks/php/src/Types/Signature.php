<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Signature extends Type
{
    /**
     * `verified` False: it is never offered, chosen or run; `why` says which check failed.
     */
    public function __construct(
        public readonly bool $verified,
        public readonly ?string $why,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['verified'] ?? null,
            $data['why'] ?? null,
        );
    }
}
