<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

use OpsIQ\Http\Answer;

/** An answer that is no success. The code decides the class; where there is none, or one to come, the status does. */
class ApiError extends OpsIQError
{
    private const BY_CODE = [
        'invalid_request' => InvalidRequestError::class, 'not_canonical' => InvalidRequestError::class,
        'idempotency_key_required' => InvalidRequestError::class, 'body_too_large' => InvalidRequestError::class,
        'unsupported_media_type' => InvalidRequestError::class, 'method_not_allowed' => InvalidRequestError::class,
        'invalid_signature' => AuthenticationError::class, 'bad_assertion' => AuthenticationError::class,
        'clock_skew' => ClockSkewError::class, 'forbidden' => ForbiddenError::class, 'same_person' => ForbiddenError::class,
        'wrong_surface' => ForbiddenError::class, 'not_found' => NotFoundError::class, 'no_match' => NotFoundError::class,
        'conflict' => ConflictError::class, 'expired' => ConflictError::class, 'stale' => ConflictError::class,
        'already_decided' => ConflictError::class, 'drifted' => ConflictError::class, 'condition_unmet' => ConflictError::class,
        'idempotency_in_flight' => IdempotencyInFlightError::class, 'invalid' => UnprocessableError::class,
        'unsigned' => UnprocessableError::class, 'invalid_contract' => UnprocessableError::class,
        'bad_contract_signature' => UnprocessableError::class, 'event_loop' => UnprocessableError::class,
        'idempotency_key_reused' => IdempotencyKeyReusedError::class, 'rate_limited' => RateLimitedError::class,
        'unavailable' => UnavailableError::class, 'platform_unavailable' => UnavailableError::class,
        'model_unavailable' => UnavailableError::class, 'model_misbehaved' => ServerError::class, 'connector_broken' => ServerError::class,
        'bad_setting' => ServerError::class, 'error' => ServerError::class, 'internal' => ServerError::class,
    ];
    private const BY_STATUS = [
        400 => InvalidRequestError::class, 401 => AuthenticationError::class, 403 => ForbiddenError::class, 404 => NotFoundError::class,
        405 => InvalidRequestError::class, 409 => ConflictError::class, 413 => InvalidRequestError::class, 415 => InvalidRequestError::class,
        422 => UnprocessableError::class, 429 => RateLimitedError::class, 503 => UnavailableError::class,
    ];

    public readonly string $detail;
    public readonly int $status;
    public readonly bool $retryable;
    /** @var list<array{pointer: string, code: string, detail: string}> one for each value that won't do, by its JSON Pointer */
    public readonly array $errors;
    /** The run that was made all the same, and that history tells of. */
    public readonly ?string $run_id;
    public readonly ?int $retry_after_s;
    public readonly ?int $server_time;

    /** @param string|null $detail in place of the problem's */
    final public function __construct(Answer $answer, int $now, ?string $detail = null, ?\Throwable $previous = null)
    {
        $problem = $answer->problem();
        $text = static fn (array $of, string $name): ?string => is_string($of[$name] ?? null) ? $of[$name] : null;
        $code = $text($problem, 'code');
        $this->status = $answer->status;
        $this->detail = $detail ?? $text($problem, 'detail') ?? "The answer was {$answer->status}, with no word of OpsIQ's.";
        $this->retryable = ($problem['retryable'] ?? null) === true;
        $faults = array_filter(is_array($problem['errors'] ?? null) ? $problem['errors'] : [], is_array(...));
        $this->errors = array_values(array_map(static fn (array $each): array => [
            'pointer' => $text($each, 'pointer') ?? '', 'code' => $text($each, 'code') ?? '', 'detail' => $text($each, 'detail') ?? '',
        ], $faults));
        $this->run_id = $text($problem, 'run_id');
        $this->retry_after_s = $answer->retryAfter($now);
        $this->server_time = is_int($problem['server_time'] ?? null) ? $problem['server_time'] : null;
        $told = array_filter([$code, "status $this->status", $answer->requestId() === null ? null : 'request ' . $answer->requestId()]);
        $faults = array_map(static fn (array $each): string => "\n  {$each['pointer']}: {$each['detail']}", $this->errors);
        parent::__construct("$this->detail [" . implode(', ', $told) . ']' . implode('', $faults), $code, $answer->requestId(), $previous, $answer->status);
    }

    public static function of(Answer $answer, int $now): self
    {
        $code = $answer->problem()['code'] ?? null;
        $class = is_string($code) ? self::BY_CODE[$code] ?? null : null;
        $class ??= self::BY_STATUS[$answer->status] ?? ($answer->status >= 500 ? ServerError::class : self::class);
        return new $class($answer, $now);
    }
}
