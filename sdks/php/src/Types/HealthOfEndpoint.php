<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class HealthOfEndpoint extends Type
{
    /**
     * Health of an endpoint. `success_rate_24h` is null without attempts. `slowed_s` is the pause after each attempt, in seconds.
     *
     * @param string|null $last_success_at RFC 3339
     * @param string|null $last_failure_at RFC 3339
     * @param string|null $failing_since RFC 3339
     */
    public function __construct(
        public readonly ?string $last_success_at,
        public readonly ?string $last_failure_at,
        public readonly ?string $failing_since,
        public readonly int $consecutive_failures,
        public readonly int $attempts_24h,
        public readonly ?float $success_rate_24h,
        public readonly float $slowed_s,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['last_success_at'] ?? null,
            $data['last_failure_at'] ?? null,
            $data['failing_since'] ?? null,
            $data['consecutive_failures'] ?? null,
            $data['attempts_24h'] ?? null,
            $data['success_rate_24h'] ?? null,
            $data['slowed_s'] ?? null,
        );
    }
}
