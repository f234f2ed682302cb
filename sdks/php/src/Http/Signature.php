<?php

declare(strict_types=1);

namespace OpsIQ\Http;

use OpsIQ\Secret;

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
