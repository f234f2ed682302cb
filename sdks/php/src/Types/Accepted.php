<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Accepted extends Type
{
    /**
     * `id` names the event from now on; everything that reacts to it carries it. `mode` `test`: a test key fired it, and nobody reacts
     * to it. `did_you_mean`: the universal event whose name is a letter or two from this custom one; nobody who waits for that hears of
     * this one.
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
