<?php

declare(strict_types=1);

namespace OpsIQ\Http;

use OpsIQ\Secret;
use OpsIQ\Errors\TransportError;

/** How one attempt goes out. Redirects are not followed: what was signed for one place is for that place. */
interface Transport
{
    /** @throws TransportError */
    public function send(Request $request): Answer;
}

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
    ) {}
}

/** What came back, whatever it says. */
final class Answer
{
    /** @param array<string, string> $headers names in lower case */
    public function __construct(public readonly int $status, public readonly array $headers, public readonly string $body) {}

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

/** OPSIQ1-HMAC-SHA256 (docs/reference/wire.md §1): the Authorization header of one request. Nothing is decoded, sorted or normalised. */
final class Signature
{
    private const SCHEME = 'OPSIQ1-HMAC-SHA256';

    public static function nonce(): string
    {
        return rtrim(strtr(base64_encode(random_bytes(16)), '+/', '-_'), '=');
    }

    /** `$path`, `$query` (without `?`) and `$idempotency_key` exactly as sent; '' for what is absent. */
    public static function text(
        int $ts, string $nonce, string $key, string $method, string $path, string $query, string $idempotency_key, string $body,
    ): string {
        return implode("\n", [self::SCHEME, $ts, $nonce, $key, $method, $path, $query, $idempotency_key, hash('sha256', $body)]);
    }

    public static function header(
        Secret $secret, int $ts, string $nonce, string $key, string $method, string $path, string $query, string $idempotency_key,
        string $body,
    ): string {
        $text = self::text($ts, $nonce, $key, $method, $path, $query, $idempotency_key, $body);
        $sig = hash_hmac('sha256', $text, $secret->reveal());
        return self::SCHEME . " key=$key,ts=$ts,nonce=$nonce,sig=$sig";
    }
}

/** When a request is sent again, and after which pause. */
final class Retries
{
    private const FIRST_S = 0.5;
    private const LONGEST_S = 8.0;
    private const LONGEST_ASKED_S = 60;
    private const STATUSES = [408, 425, 429, 500, 502, 503, 504];

    /** @param \Closure(): float $random in [0, 1) */
    public function __construct(private int $max_retries, private \Closure $random) {}

    /** Seconds to wait after attempt `$attempt` (from 1); null: it was the last. `$answer` null: no answer came. */
    public function pause(int $attempt, ?Answer $answer, int $now): ?float
    {
        if ($attempt > $this->max_retries || ($answer !== null && !self::worth($answer))) {
            return null;
        }
        $asked = $answer?->retryAfter($now) ?? 0;
        if ($asked > self::LONGEST_ASKED_S) {
            return null; // so long a wait is the caller's to decide
        }
        $full = min(self::LONGEST_S, self::FIRST_S * 2 ** min($attempt - 1, 10));
        return max($full / 2 + $full / 2 * ($this->random)(), (float) $asked);
    }

    /** How far the server's clock is ahead of the one that read `$signed_at`, where that is why it refused. */
    public function clockOffset(Answer $answer, int $signed_at): ?int
    {
        $problem = $answer->problem();
        $time = $problem['server_time'] ?? null;
        return $this->max_retries > 0 && ($problem['code'] ?? null) === 'clock_skew' && is_int($time) ? $time - $signed_at : null;
    }

    /** `retryable` of the problem decides; where it says nothing, the status does. */
    private static function worth(Answer $answer): bool
    {
        $said = $answer->problem()['retryable'] ?? null;
        return is_bool($said) ? $said : in_array($answer->status, self::STATUSES, true);
    }
}
