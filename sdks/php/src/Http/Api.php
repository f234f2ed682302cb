<?php

declare(strict_types=1);

namespace OpsIQ\Http;

use OpsIQ\{Json, Secret};
use OpsIQ\Errors\{ApiError, ConfigurationError, TimedOutError, TransportError, UnreadableAnswerError};
use OpsIQ\Types\Type;

/** One request from its arguments to what it answers: signed, sent, signed and sent again, read. */
final class Api
{
    private int $clock_offset_s = 0;

    /**
     * @param \Closure(string, string, array<string, mixed>): void|null $log
     * @param \Closure(): float $clock unix seconds
     * @param \Closure(float): void $sleep
     */
    public function __construct(
        private string $origin, private string $key, private Secret $secret, private Transport $transport, private Retries $retries,
        private string $user_agent, private float $timeout_s, private float $connect_timeout_s, private ?float $deadline_s,
        private ?\Closure $log, private \Closure $clock, private \Closure $sleep,
    ) {}

    /**
     * What the endpoint answers: as `$type`, or decoded where that is null.
     *
     * @template T of Type
     * @param class-string<T>|null $type
     * @param list<string|int>|string $path segments, which are encoded here, or a path as it is
     * @param array<string, mixed> $query null is left out, a list repeats the name
     * @param array<string, mixed>|object|null $body an array's null members are left out, an object is sent as it is
     * @param string|null $idempotency_key null: one is made for a POST
     * @return ($type is null ? mixed : T)
     */
    public function call(
        ?string $type, string $method, array|string $path, array $query = [], array|object|null $body = null,
        ?string $idempotency_key = null, float $longer_s = 0.0,
    ): mixed {
        $path = is_string($path) ? $path : self::path($path);
        $query = $query === [] ? '' : self::query($query);
        $body = is_array($body) ? (object) array_filter($body, static fn ($value) => $value !== null) : $body;
        $text = $body === null ? '' : Json::encode($body);
        $key = $idempotency_key ?? ($method === 'POST' ? bin2hex(random_bytes(16)) : null);
        if ($idempotency_key !== null && !preg_match('/\A[A-Za-z0-9_.:-]{1,255}\z/', $idempotency_key)) {
            throw new ConfigurationError('An idempotency key is 1 to 255 characters of A-Z a-z 0-9 _ . : -');
        }
        $mended = $unsure = false;
        $began = hrtime(true);
        for ($attempt = 1; ; $attempt++) {
            $at = (int) ($this->clock)();
            $timeout_s = $this->timeout_s + $longer_s;
            $timeout_s = $this->deadline_s === null ? $timeout_s : min($timeout_s, max(0.001, $this->deadline_s - self::since($began)));
            $request = $this->signed($at, $method, $path, $query, (string) $key, $text, $timeout_s);
            $answer = $failure = null;
            $sent = hrtime(true);
            try {
                $answer = $this->transport->send($request);
            } catch (TransportError $failure) {
            }
            // What is to be removed is not there: an attempt whose answer was lost may have removed it.
            $gone = $unsure && $method === 'DELETE' && $type === null && ($answer?->problem()['code'] ?? null) === 'not_found';
            if ($gone || ($answer !== null && $answer->status >= 200 && $answer->status < 300)) {
                $this->tell('debug', 'OpsIQ answered {status} to {method} {path}', $method, $path, $attempt, $answer, $sent);
                return $gone ? null : $this->read($type, $answer, $at, "$method $path");
            }
            $offset = $answer === null || $mended ? null : $this->retries->clockOffset($answer, $at);
            $pause = $offset === null ? $this->retries->pause($attempt, $answer, $at) : 0.0;
            if ($pause === null || ($this->deadline_s !== null && self::since($began) + $pause >= $this->deadline_s)) {
                $this->tell('warning', 'OpsIQ: {method} {path} failed', $method, $path, $attempt, $answer, $sent);
                throw $answer === null ? $this->silence($failure, "$method $path", $attempt) : ApiError::of($answer, $at, "$method $path", $this->origin);
            }
            $this->clock_offset_s = $offset ?? $this->clock_offset_s;
            $mended = $mended || $offset !== null;
            $unsure = $unsure || $answer === null || $answer->status === 408 || $answer->status >= 500;
            $said = 'OpsIQ: {method} {path} failed and is sent again in {pause_s} s';
            $this->tell('warning', $said, $method, $path, $attempt, $answer, $sent, ['pause_s' => $pause]);
            ($this->sleep)($pause);
        }
    }

    public function pause(float $s): void
    {
        ($this->sleep)($s);
    }

    private function tell(
        string $level, string $message, string $method, string $path, int $attempt, ?Answer $answer, int $sent, array $more = [],
    ): void {
        $this->log === null || ($this->log)($level, $message, [
            'method' => $method, 'path' => $path, 'attempt' => $attempt, 'status' => $answer?->status,
            'code' => $answer?->problem()['code'] ?? null, 'request_id' => $answer?->requestId(),
            'duration_ms' => (int) (self::since($sent) * 1000),
        ] + $more);
    }

    private static function since(int $began): float
    {
        return (hrtime(true) - $began) / 1e9;
    }

    private function signed(int $at, string $method, string $path, string $query, string $key, string $body, float $timeout_s): Request
    {
        $parts = [$at + $this->clock_offset_s, Signature::nonce(), $this->key, $method, $path, $query, $key, $body];
        $headers = ['Authorization' => Signature::header($this->secret, ...$parts), 'Accept' => 'application/json', 'User-Agent' => $this->user_agent];
        $headers += $key === '' ? [] : ['Idempotency-Key' => $key];
        $headers += $body === '' ? [] : ['Content-Type' => 'application/json'];
        $target = $query === '' ? $path : "$path?$query";
        return new Request($method, $this->origin, $target, $headers, $body, $timeout_s, min($timeout_s, $this->connect_timeout_s));
    }

    /** What is told of a call that nothing answered: the transport's own words say neither which call nor always where. */
    private function silence(TransportError $failure, string $call, int $attempts): TransportError
    {
        $message = "No answer from $this->origin to $call after $attempts attempt(s): {$failure->getMessage()}";
        return $failure instanceof TimedOutError ? new TimedOutError($message, previous: $failure) : new TransportError($message, previous: $failure);
    }

    private function read(?string $type, Answer $answer, int $at, string $call): mixed
    {
        $told = fn (string $why): string => "$this->origin answered $call with success, but the answer can't be read: $why Is this the address of an OpsIQ server? See base_url.";
        try {
            $value = $answer->body === '' ? null : Json::decode($answer->body);
            return $type === null ? $value : $type::from($value);
        } catch (\JsonException $error) {
            throw new UnreadableAnswerError($answer, $at, $told('it is no JSON.'), $error);
        } catch (\TypeError $error) {
            throw new UnreadableAnswerError($answer, $at, $told("it is no $type as this version knows it."), $error);
        }
    }

    /** @param list<string|int> $segments */
    private static function path(array $segments): string
    {
        $path = '/v1';
        foreach ($segments as $segment) {
            if (in_array((string) $segment, ['', '.', '..'], true)) {
                throw new ConfigurationError("'$segment' is no id.");
            }
            $path .= '/' . rawurlencode((string) $segment);
        }
        return $path;
    }

    /** @param array<string, mixed> $query */
    private static function query(array $query): string
    {
        $pairs = [];
        foreach ($query as $name => $values) {
            foreach (is_array($values) ? $values : [$values] as $value) {
                $text = match (true) {
                    is_bool($value) => $value ? 'true' : 'false',
                    $value instanceof \DateTimeInterface => Json::time($value),
                    $value instanceof \BackedEnum => (string) $value->value,
                    $value === null, is_scalar($value), $value instanceof \Stringable => (string) $value,
                    default => throw new ConfigurationError("The filter '$name' is no text, number, boolean or date."),
                };
                if ($value !== null) {
                    $pairs[] = rawurlencode((string) $name) . '=' . rawurlencode($text);
                }
            }
        }
        return implode('&', $pairs);
    }
}
