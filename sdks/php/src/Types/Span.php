<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Span extends Type
{
    /**
     * Words at their place in the text. `origin` is 0 for the request's text and n for the n-th answer. `start` and `end` are code point
     * offsets in that text.
     */
    public function __construct(
        public readonly int $origin,
        public readonly int $start,
        public readonly int $end,
        public readonly string $text,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['origin'] ?? 0,
            $data['start'] ?? null,
            $data['end'] ?? null,
            $data['text'] ?? null,
        );
    }
}
