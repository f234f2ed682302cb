<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Endpoint extends Type
{
    protected const MAPS = ['did_you_mean'];

    /**
     * A webhook endpoint. `headers` are only the names. `why` says why it is disabled. `previous_secret_until`: until then deliveries
     * are signed with two secrets. `did_you_mean`: for custom events that it subscribes to, the universal events whose names differ by a
     * letter or two.
     *
     * @param list<string> $events
     * @param list<string> $headers
     * @param 'active'|'paused'|'disabled'|'deleted' $state
     * @param string $created_at RFC 3339
     * @param string $changed_at RFC 3339
     * @param string|null $previous_secret_until RFC 3339
     * @param array<string, string>|null $did_you_mean
     */
    public function __construct(
        public readonly string $id,
        public readonly string $url,
        public readonly string $description,
        public readonly array $events,
        public readonly array $headers,
        public readonly ?int $per_minute,
        public readonly string $state,
        public readonly string $why,
        public readonly string $created_at,
        public readonly string $changed_at,
        public readonly ?string $previous_secret_until,
        public readonly HealthOfEndpoint $health,
        public readonly ?array $did_you_mean,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['url'] ?? null,
            $data['description'] ?? null,
            $data['events'] ?? null,
            $data['headers'] ?? null,
            $data['per_minute'] ?? null,
            $data['state'] ?? null,
            $data['why'] ?? null,
            $data['created_at'] ?? null,
            $data['changed_at'] ?? null,
            $data['previous_secret_until'] ?? null,
            HealthOfEndpoint::from($data['health'] ?? null),
            self::map($data['did_you_mean'] ?? null),
        );
    }
}
