<?php

declare(strict_types=1);

namespace OpsIQ\Http;

use OpsIQ\Errors\{TimedOutError, TransportError};

/**
 * PHP's curl, a fresh connection for each attempt: over one that was kept and has died, curl would send the same bytes again by itself, and
 * what is signed may be sent once.
 */
final class CurlTransport implements Transport
{
    private const MAX_BYTES = 32 << 20;

    public function send(Request $request): Answer
    {
        $curl = curl_init();
        $headers = [];
        $body = '';
        curl_setopt_array($curl, [
            CURLOPT_URL => $request->origin . $request->target,
            CURLOPT_CUSTOMREQUEST => $request->method,
            CURLOPT_HTTPHEADER => [
                'Expect:',
                ...array_map(static fn ($name, $value) => "$name: $value", array_keys($request->headers), $request->headers),
            ],
            CURLOPT_FRESH_CONNECT => true,
            CURLOPT_FORBID_REUSE => true,
            CURLOPT_FOLLOWLOCATION => false,
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
            CURLOPT_NOSIGNAL => true,
            CURLOPT_CONNECTTIMEOUT_MS => max(1, (int) ($request->connect_timeout_s * 1000)),
            CURLOPT_TIMEOUT_MS => max(1, (int) ($request->timeout_s * 1000)),
            CURLOPT_HEADERFUNCTION => static function ($_, string $line) use (&$headers): int {
                if (str_starts_with($line, 'HTTP/')) {
                    $headers = []; // an interim answer came before
                } elseif (str_contains($line, ':')) {
                    [$name, $value] = explode(':', $line, 2);
                    $headers[strtolower(trim($name))] = trim($value);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($_, string $part) use (&$body): int {
                $body .= $part;
                return strlen($body) > self::MAX_BYTES ? -1 : strlen($part);
            },
        ]);
        if ($request->body !== '') {
            curl_setopt($curl, CURLOPT_POSTFIELDS, $request->body);
        }
        $host = (string) parse_url($request->origin, PHP_URL_HOST);
        if (in_array($host, ['localhost', '127.0.0.1', '[::1]'], true)) {
            curl_setopt($curl, CURLOPT_NOPROXY, '*'); // this machine is not reached through a proxy
        }
        if (curl_exec($curl) === false) {
            $timed_out = curl_errno($curl) === CURLE_OPERATION_TIMEOUTED;
            throw $timed_out ? new TimedOutError(curl_error($curl)) : new TransportError(curl_error($curl));
        }
        return new Answer((int) curl_getinfo($curl, CURLINFO_RESPONSE_CODE), $headers, $body);
    }
}
