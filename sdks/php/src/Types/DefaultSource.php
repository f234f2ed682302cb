<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class DefaultSource extends Type
{
    /**
     * A value from the contract's own default.
     */
    public function __construct(
        public readonly string $kind,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? 'default',
        );
    }
}
