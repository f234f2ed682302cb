<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Event extends Type
{
    protected const MAPS = ['data'];

    /**
     * An event. `caused_by` is the event, run or call that caused it, and `depth` the number of events above it in that chain. `state`
     * is `firing` until every subscriber has had its turn. `mode` is `test` if a test key fired it: nothing reacts to such an event.
     *
     * @param 'live'|'test' $mode
     * @param array<string, mixed> $data
     * @param string $occurred_at RFC 3339
     * @param string $fired_at RFC 3339
     * @param string|null $finished_at RFC 3339
     * @param 'firing'|'done' $state
     */
    public function __construct(
        public readonly string $id,
        public readonly string $event,
        public readonly string $mode,
        public readonly array $data,
        public readonly string $occurred_at,
        public readonly string $fired_at,
        public readonly ?string $finished_at,
        public readonly string $origin,
        public readonly ?string $caused_by,
        public readonly int $depth,
        public readonly string $state,
        public readonly ?string $request_id,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['event'] ?? null,
            $data['mode'] ?? 'live',
            self::map($data['data'] ?? null),
            $data['occurred_at'] ?? null,
            $data['fired_at'] ?? null,
            $data['finished_at'] ?? null,
            $data['origin'] ?? null,
            $data['caused_by'] ?? null,
            $data['depth'] ?? null,
            $data['state'] ?? null,
            $data['request_id'] ?? null,
        );
    }
}
