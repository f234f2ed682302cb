<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Tool extends Type
{
    protected const MAPS = ['tool'];

    /**
     * An action as a function tool. `tool` is the tool in the model's format. When the model calls it, run `action` with `POST
     * /v1/actions/run` and the arguments as `params`.
     *
     * @param array<string, mixed> $tool
     */
    public function __construct(
        public readonly string $action,
        public readonly array $tool,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['action'] ?? null,
            self::map($data['tool'] ?? null),
        );
    }
}
