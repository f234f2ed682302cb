<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Kind extends Type
{
    /**
     * A kind of record. `fields` are the only fields that are ever read of it.
     *
     * @param list<Field> $fields
     */
    public function __construct(
        public readonly string $name,
        public readonly string $title,
        public readonly array $fields,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['title'] ?? null,
            self::all(Field::class, $data['fields'] ?? null),
        );
    }
}
