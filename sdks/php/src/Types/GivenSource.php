<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class GivenSource extends Type
{
    /**
     * A value given as data by an API caller or an event. `pointer` is its place in that data (JSON Pointer), and `ref` the key's public
     * part or the event's id. `reading` says what it was checked against ("customer Adam Novak").
     *
     * @param 'api'|'event' $by
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $by,
        public readonly string $pointer,
        public readonly string $ref,
        public readonly string $reading,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? 'given',
            $data['by'] ?? null,
            $data['pointer'] ?? null,
            $data['ref'] ?? null,
            $data['reading'] ?? '',
        );
    }
}
