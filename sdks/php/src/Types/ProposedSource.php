<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class ProposedSource extends Type
{
    /**
     * A value that a model proposed without words for it. It is only shown, marked and editable, on a card that a person confirms.
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $reading,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? 'proposed',
            $data['reading'] ?? '',
        );
    }
}
