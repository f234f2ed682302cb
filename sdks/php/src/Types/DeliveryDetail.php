<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class DeliveryDetail extends Type
{
    /**
     * A delivery with its `body`: the exact bytes that are sent, as text.
     *
     * @param 'event'|'replay'|'test' $cause
     * @param 'pending'|'succeeded'|'failed' $state
     * @param string $created_at RFC 3339
     * @param string|null $first_attempt_at RFC 3339
     * @param string|null $next_attempt_at RFC 3339
     * @param string|null $finished_at RFC 3339
     * @param list<Attempt> $attempt_log
     */
    public function __construct(
        public readonly string $id,
        public readonly string $event_id,
        public readonly string $event,
        public readonly string $endpoint,
        public readonly string $cause,
        public readonly string $state,
        public readonly int $attempts,
        public readonly ?int $status,
        public readonly ?string $error,
        public readonly string $detail,
        public readonly string $created_at,
        public readonly ?string $first_attempt_at,
        public readonly ?string $next_attempt_at,
        public readonly ?string $finished_at,
        public readonly string $body,
        public readonly array $attempt_log,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['event_id'] ?? null,
            $data['event'] ?? null,
            $data['endpoint'] ?? null,
            $data['cause'] ?? null,
            $data['state'] ?? null,
            $data['attempts'] ?? null,
            $data['status'] ?? null,
            $data['error'] ?? null,
            $data['detail'] ?? null,
            $data['created_at'] ?? null,
            $data['first_attempt_at'] ?? null,
            $data['next_attempt_at'] ?? null,
            $data['finished_at'] ?? null,
            $data['body'] ?? null,
            self::all(Attempt::class, $data['attempt_log'] ?? null),
        );
    }
}
