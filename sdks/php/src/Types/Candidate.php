<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Candidate extends Type
{
    /**
     * One option of a question. `marks` say how lookalikes differ ("‘а’ is CYRILLIC SMALL LETTER A").
     *
     * @param list<string> $marks
     */
    public function __construct(
        public readonly string $id,
        public readonly string $label,
        public readonly string $detail,
        public readonly array $marks,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['label'] ?? null,
            $data['detail'] ?? '',
            $data['marks'] ?? [],
        );
    }
}
