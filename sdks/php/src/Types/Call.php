<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Call extends Type
{
    /**
     * One call of the card. `payload` are the exact bytes that are sent to `url`, as text.
     *
     * @param 'read'|'write'|'irreversible' $risk
     * @param list<Param> $params
     */
    public function __construct(
        public readonly string $call_id,
        public readonly string $action,
        public readonly int $version,
        public readonly string $title,
        public readonly string $preview,
        public readonly string $risk,
        public readonly string $url,
        public readonly string $payload,
        public readonly array $params,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['call_id'] ?? null,
            $data['action'] ?? null,
            $data['version'] ?? null,
            $data['title'] ?? null,
            $data['preview'] ?? null,
            $data['risk'] ?? null,
            $data['url'] ?? null,
            $data['payload'] ?? null,
            self::all(Param::class, $data['params'] ?? null),
        );
    }
}
