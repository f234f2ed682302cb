<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class RecordSource extends Type
{
    /**
     * A value from a record that was looked up. `spans` are the words that led to the record. `via` are the records on the way to it
     * ("customer Adam Novak").
     *
     * @param list<Span> $spans
     * @param list<string> $via
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $record_kind,
        public readonly string $record_id,
        public readonly string $label,
        public readonly string $field,
        public readonly array $spans,
        public readonly array $via,
        public readonly string $reading,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? 'record',
            $data['record_kind'] ?? null,
            $data['record_id'] ?? null,
            $data['label'] ?? null,
            $data['field'] ?? null,
            self::all(Span::class, $data['spans'] ?? []),
            $data['via'] ?? [],
            $data['reading'] ?? '',
        );
    }
}
