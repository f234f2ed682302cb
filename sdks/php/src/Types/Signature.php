<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Signature extends Type
{
    /**
     * Result of verifying a signature. A contract with `verified` false is never offered, chosen or run. `why` names the failed check.
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
