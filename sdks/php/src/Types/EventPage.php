<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class EventPage extends Type
{
    /**
     * A page of events. `next` is the `before` of the next page, null at the end.
     *
     * @param list<Event> $data
     */
    public function __construct(
        public readonly array $data,
        public readonly ?string $next,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            self::all(Event::class, $data['data'] ?? null),
            $data['next'] ?? null,
        );
    }
}
