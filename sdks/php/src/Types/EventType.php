<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class EventType extends Type
{
    protected const MAPS = ['schema', 'sample'];

    /**
     * A universal event. `schema` is the JSON Schema of its data, and `sample` a valid example.
     *
     * @param array<string, mixed> $schema
     * @param array<string, mixed> $sample
     */
    public function __construct(
        public readonly string $name,
        public readonly string $category,
        public readonly string $title,
        public readonly string $description,
        public readonly array $schema,
        public readonly array $sample,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['category'] ?? null,
            $data['title'] ?? null,
            $data['description'] ?? null,
            self::map($data['schema'] ?? null),
            self::map($data['sample'] ?? null),
        );
    }
}
