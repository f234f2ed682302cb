<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Cause extends Type
{
    /**
     * Cause of a run that nobody typed: the event, and the rule or instruction (`source`, by its `name`) that matched it.
     */
    public function __construct(
        public readonly string $event_id,
        public readonly string $event,
        public readonly string $source,
        public readonly string $name,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['event_id'] ?? null,
            $data['event'] ?? null,
            $data['source'] ?? null,
            $data['name'] ?? null,
        );
    }
}
