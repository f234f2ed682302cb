<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Accepted extends Type
{
    /**
     * An accepted event. `id` is the event's id, which all reactions to it carry. `mode` is `test` if a test key fired it: nothing
     * reacts to such an event. `did_you_mean`: the universal event whose name differs from this custom one's by a letter or two. Its
     * subscribers don't get this event.
     *
     * @param 'live'|'test' $mode
     */
    public function __construct(
        public readonly string $id,
        public readonly string $event,
        public readonly string $mode,
        public readonly ?string $did_you_mean,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['event'] ?? null,
            $data['mode'] ?? 'live',
            $data['did_you_mean'] ?? null,
        );
    }
}
