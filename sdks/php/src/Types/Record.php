<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Record extends Type
{
    protected const MAPS = ['data'];

    /**
     * One record. `data` holds its declared fields. `label` and `detail` are its text for people.
     *
     * @param array<string, mixed> $data
     */
    public function __construct(
        public readonly string $kind,
        public readonly string $id,
        public readonly string $label,
        public readonly string $detail,
        public readonly array $data,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? null,
            $data['id'] ?? null,
            $data['label'] ?? null,
            $data['detail'] ?? null,
            self::map($data['data'] ?? null),
        );
    }
}
