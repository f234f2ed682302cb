<?php

declare(strict_types=1);

namespace OpsIQ\Http;

/** What came back, whatever it says. */
final class Answer
{
    /** @param array<string, string> $headers names in lower case */
    public function __construct(public readonly int $status, public readonly array $headers, public readonly string $body)
    {
    }

    /** The problem document (RFC 9457); [] where the body is none, a proxy's page for one. Its members may be of any type. */
    public function problem(): array
    {
        $body = $this->status < 300 ? null : json_decode($this->body, true);
        return is_array($body) ? $body : [];
    }

    public function requestId(): ?string
    {
        $id = $this->problem()['request_id'] ?? null;
        return is_string($id) ? $id : $this->headers['x-request-id'] ?? null;
    }

    /** Seconds that `Retry-After` asks for, as a number or as a date; null where it can't be read. */
    public function retryAfter(int $now): ?int
    {
        $value = $this->headers['retry-after'] ?? '';
        if (preg_match('/\A[0-9]{1,9}\z/', $value)) {
            return (int) $value;
        }
        $at = \DateTimeImmutable::createFromFormat('D, d M Y H:i:s \G\M\T', $value, new \DateTimeZone('UTC'));
        return $at ? max(0, $at->getTimestamp() - $now) : null;
    }
}
