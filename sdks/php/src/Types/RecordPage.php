<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class RecordPage extends Type
{
    /**
     * A page of records. `next` is the `cursor` of the next page, null at the end.
     *
     * @param list<Record> $data
     */
    public function __construct(
        public readonly array $data,
        public readonly ?string $next,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            self::all(Record::class, $data['data'] ?? null),
            $data['next'] ?? null,
        );
    }
}
