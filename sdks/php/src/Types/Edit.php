<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Edit extends Type
{
    protected const MAPS = ['changes'];

    /**
     * The last edit of a held card that made no new one: the words by slot, and why. The card stands as it was.
     *
     * @param array<string, string> $changes
     */
    public function __construct(
        public readonly array $changes,
        public readonly string $why,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            self::map($data['changes'] ?? null),
            $data['why'] ?? null,
        );
    }
}
