<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Reaction extends Type
{
    /**
     * One subscriber's reaction to an event. A lower `priority` runs first. `skipped`: a blocking subscriber before it failed.
     *
     * @param 'pending'|'retrying'|'done'|'failed'|'skipped' $state
     * @param string|null $started_at RFC 3339
     * @param string|null $finished_at RFC 3339
     */
    public function __construct(
        public readonly string $subscriber,
        public readonly int $priority,
        public readonly bool $blocking,
        public readonly string $state,
        public readonly int $attempts,
        public readonly string $detail,
        public readonly string $error,
        public readonly ?string $started_at,
        public readonly ?string $finished_at,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['subscriber'] ?? null,
            $data['priority'] ?? null,
            $data['blocking'] ?? null,
            $data['state'] ?? null,
            $data['attempts'] ?? null,
            $data['detail'] ?? null,
            $data['error'] ?? null,
            $data['started_at'] ?? null,
            $data['finished_at'] ?? null,
        );
    }
}
