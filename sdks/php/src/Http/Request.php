<?php

declare(strict_types=1);

namespace OpsIQ\Http;

/** One attempt as it goes out. `$target` is path and query as they were signed; nothing may rewrite them. */
final class Request
{
    /** @param array<string, string> $headers */
    public function __construct(
        public readonly string $method,
        public readonly string $origin,
        public readonly string $target,
        public readonly array $headers,
        public readonly string $body,
        public readonly float $timeout_s,
        public readonly float $connect_timeout_s,
    ) {
    }
}
