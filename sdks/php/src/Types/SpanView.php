<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class SpanView extends Type
{
    /**
     * A time span whose events are being sent again, in the background. `since` is included, `until` is not.
     *
     * @param string $since RFC 3339
     * @param string $until RFC 3339
     */
    public function __construct(
        public readonly string $id,
        public readonly string $endpoint,
        public readonly string $since,
        public readonly string $until,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['endpoint'] ?? null,
            $data['since'] ?? null,
            $data['until'] ?? null,
        );
    }
}
