<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Attempt extends Type
{
    protected const MAPS = ['request_headers'];

    /**
     * One attempt. `response` is the answer's body as text, as far as it is UTF-8, up to 64 KiB (`response_cut`: there was more).
     *
     * @param string $at RFC 3339
     * @param array<string, string> $request_headers
     */
    public function __construct(
        public readonly int $n,
        public readonly bool $by_hand,
        public readonly string $at,
        public readonly int $duration_ms,
        public readonly array $request_headers,
        public readonly ?int $status,
        public readonly ?string $error,
        public readonly string $detail,
        public readonly string $response,
        public readonly bool $response_cut,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['n'] ?? null,
            $data['by_hand'] ?? null,
            $data['at'] ?? null,
            $data['duration_ms'] ?? null,
            self::map($data['request_headers'] ?? null),
            $data['status'] ?? null,
            $data['error'] ?? null,
            $data['detail'] ?? null,
            $data['response'] ?? null,
            $data['response_cut'] ?? null,
        );
    }
}
