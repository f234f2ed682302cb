<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class ToolList extends Type
{
    /**
     * A list of tools. `more`: some actions are left out. Ask with a higher `limit`, or with search words in `q`.
     *
     * @param list<Tool> $data
     */
    public function __construct(
        public readonly array $data,
        public readonly bool $more,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            self::all(Tool::class, $data['data'] ?? null),
            $data['more'] ?? null,
        );
    }
}
