<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

use OpsIQ\Json;

/** What to answer OpsIQ. */
final class Reply
{
    /** @param array<string, string> $headers */
    public function __construct(public readonly int $status = 204, public readonly string $body = '', public readonly array $headers = [])
    {
    }

    /** 200 with JSON; 204 for null. */
    public static function of(mixed $result): self
    {
        return match (true) {
            $result instanceof self => $result,
            $result === null => new self(),
            default => new self(200, Json::encode($result), ['Content-Type' => 'application/json']),
        };
    }

    public static function problem(int $status, string $code, string $detail): self
    {
        $body = ['type' => 'about:blank', 'status' => $status, 'code' => $code, 'detail' => $detail];
        return new self($status, Json::encode($body), ['Content-Type' => 'application/problem+json']);
    }

    /** @param array<string, string> $headers */
    public function with(array $headers): self
    {
        return new self($this->status, $this->body, $headers + $this->headers);
    }

    /** For plain PHP. */
    public function send(): void
    {
        http_response_code($this->status);
        foreach ($this->headers as $name => $value) {
            header("$name: $value");
        }
        echo $this->body;
    }
}
