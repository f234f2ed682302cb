<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Call extends Type
{
    protected const MAPS = ['headers'];

    /**
     * One call of the card. `payload` is the exact body that is sent to `url`, as text (for a tool, its arguments). `method` and
     * `headers` belong to the request. The headers of a signed POST and the credentials of a `connection` are added when it is sent.
     *
     * @param 'read'|'write'|'irreversible' $risk
     * @param array<string, string> $headers
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
        public readonly string $method,
        public readonly array $headers,
        public readonly ?string $connection,
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
            $data['method'] ?? null,
            self::map($data['headers'] ?? null),
            $data['connection'] ?? null,
            self::all(Param::class, $data['params'] ?? null),
        );
    }
}
