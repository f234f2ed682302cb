<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Connector extends Type
{
    /**
     * A connector. State `available`: found, but not configured in this workspace. `broken` says why it doesn't work, or is null.
     *
     * @param 'enabled'|'disabled'|'broken'|'available' $state
     * @param list<Kind> $kinds
     */
    public function __construct(
        public readonly string $name,
        public readonly string $title,
        public readonly string $state,
        public readonly ?string $broken,
        public readonly array $kinds,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['title'] ?? null,
            $data['state'] ?? null,
            $data['broken'] ?? null,
            self::all(Kind::class, $data['kinds'] ?? null),
        );
    }
}
