<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Tool extends Type
{
    protected const MAPS = ['tool'];

    /**
     * `tool` is what a model is given, in its own form; `action` what `POST /v1/actions/run` runs when the model calls it, with the
     * arguments as `params`.
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
