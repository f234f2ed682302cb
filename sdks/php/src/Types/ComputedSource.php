<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class ComputedSource extends Type
{
    /**
     * A value that code computed from typed numbers and fields of records. `reading` is the calculation, and `records` are the records
     * in it ("invoice INV-1042"). `read_by` says who read the numbers.
     *
     * @param list<Span> $spans
     * @param list<string> $records
     * @param 'code'|'model' $read_by
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $reading,
        public readonly array $spans,
        public readonly array $records,
        public readonly string $read_by,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? 'computed',
            $data['reading'] ?? null,
            self::all(Span::class, $data['spans'] ?? []),
            $data['records'] ?? [],
            $data['read_by'] ?? 'code',
        );
    }
}
