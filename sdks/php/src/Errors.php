<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

use OpsIQ\Http\Answer;

/**
 * The root of everything this library throws. Decide by `code`, which is permanent, then by the class.
 *
 *     OpsIQError
 *     ├── ConfigurationError             an option or argument that can't be used; nothing was sent
 *     ├── TransportError                 no answer came: it may have happened
 *     │   └── TimedOutError
 *     ├── ApiError                       OpsIQ, or something before it, answered with no success
 *     │   ├── InvalidRequestError
 *     │   ├── AuthenticationError
 *     │   │   └── ClockSkewError         `server_time` says what time it is there
 *     │   ├── ForbiddenError
 *     │   ├── NotFoundError
 *     │   ├── ConflictError              it has moved on: read it again, then decide
 *     │   │   └── IdempotencyInFlightError
 *     │   ├── UnprocessableError         understood, and it won't do: see `errors`
 *     │   │   └── IdempotencyKeyReusedError
 *     │   ├── RateLimitedError           `retry_after_s`
 *     │   ├── ServerError
 *     │   │   └── UnavailableError       try again later
 *     │   └── UnreadableAnswerError      a success that is none of OpsIQ's
 *     ├── WebhookVerificationError       a message that is not to be believed
 *     └── Refused                        yours to throw in a handler: the platform says no
 *
 * `getCode()` is PHP's own and the HTTP status, 0 where there is none.
 *
 * @property-read string|null $code docs/reference/errors.md, or one of this library's own; null where an answer gave none
 */
abstract class OpsIQError extends \RuntimeException
{
    protected const CODE = null; // of an error that no server answered

    /** @param string|null $request_id what the server's logs and AI History know the request by; null where no answer came */
    public function __construct(
        string $message, private ?string $its_code = null, public readonly ?string $request_id = null, ?\Throwable $previous = null,
        int $status = 0,
    ) {
        parent::__construct($message, $status, $previous);
        if (PHP_VERSION_ID < 80200) { // 8.1 knows no #[\SensitiveParameter]: there no argument at all is kept
            $bare = array_map(static fn (array $frame) => array_diff_key($frame, ['args' => true]), $this->getTrace());
            (new \ReflectionProperty(\Exception::class, 'trace'))->setValue($this, $bare);
        }
    }

    public function __get(string $name): ?string
    {
        return $name === 'code' ? $this->its_code ?? static::CODE : throw new \LogicException(static::class . " has no property $name.");
    }

    public function __isset(string $name): bool
    {
        return $name === 'code' && ($this->its_code ?? static::CODE) !== null;
    }
}

/** An option or an argument can't be used as it is. Nothing was sent. */
class ConfigurationError extends OpsIQError { protected const CODE = 'configuration'; }

/** No answer came, after every retry. It may have been acted upon; the same idempotency key makes it safe to send again. */
class TransportError extends OpsIQError { protected const CODE = 'transport'; }

/** No answer came in time. */
class TimedOutError extends TransportError { protected const CODE = 'timed_out'; }

/**
 * A message that is not to be believed: answer 401 and do nothing. Whatever is wrong, it is this one error, and `reason` says what:
 * `missing_header`, `duplicate_header`, `malformed`, `too_old`, `too_new`, `no_match`, `replayed`, and for faults of one's own side
 * `reserialised` (the body was parsed and written again) and `not_raw` (it was handed over parsed).
 */
class WebhookVerificationError extends OpsIQError
{
    public function __construct(public readonly string $reason, string $message)
    {
        parent::__construct($message, 'webhook_verification');
    }
}

/** For handlers: the platform's own rules forbid it, and nothing is kept of what was begun. The person reads `$message`; OpsIQ does not try again. */
class Refused extends OpsIQError
{
    private const STATUSES = [400, 403, 404, 409, 410, 422];

    /** @param int $status 409: not in the state for it; 422: not with these values; 404: no such thing; 403: not by this person */
    public function __construct(string $message, public readonly int $status = 409, string $code = 'refused')
    {
        if (!in_array($status, self::STATUSES, true)) {
            throw new ConfigurationError('A refusal is one of ' . implode(', ', self::STATUSES) . ", not $status.");
        }
        parent::__construct($message, $code, status: $status);
    }
}

/** An answer that is no success. The code decides the class; where there is none, or one to come, the status does. */
class ApiError extends OpsIQError
{
    /** The codes and statuses of each class. */
    private const KINDS = [
        [InvalidRequestError::class, 'invalid_request not_canonical idempotency_key_required body_too_large unsupported_media_type method_not_allowed', 400, 405, 413, 415],
        [AuthenticationError::class, 'invalid_signature bad_assertion', 401],
        [ClockSkewError::class, 'clock_skew'],
        [ForbiddenError::class, 'forbidden wrong_mode same_person person_required wrong_surface', 403],
        [NotFoundError::class, 'not_found no_match', 404],
        [ConflictError::class, 'conflict expired stale already_decided drifted condition_unmet not_authentic', 409],
        [IdempotencyInFlightError::class, 'idempotency_in_flight'],
        [UnprocessableError::class, 'invalid unsigned invalid_contract bad_contract_signature event_loop too_complex', 422],
        [IdempotencyKeyReusedError::class, 'idempotency_key_reused'],
        [RateLimitedError::class, 'rate_limited', 429],
        [UnavailableError::class, 'unavailable platform_unavailable model_unavailable', 503],
        [ServerError::class, 'model_misbehaved connector_broken bad_setting error internal'],
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

    /** What only OpsIQ can say of a thing of the workspace: without a code of its own it has not. */
    private const OF_A_THING = [404, 409, 422];

    /** @param string|null $detail in place of the problem's */
    final public function __construct(Answer $answer, int $now, ?string $detail = null, ?\Throwable $previous = null)
    {
        $problem = $answer->problem();
        $text = static fn (array $of, string $name): ?string => is_string($of[$name] ?? null) ? $of[$name] : null;
        $code = $text($problem, 'code');
        $this->status = $answer->status;
        $this->detail = $detail ?? $text($problem, 'detail') ?? "The server answered {$answer->status}, without saying why.";
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

    /**
     * Without a code it is another server's answer, or a proxy's: nothing of it is quoted, and the message names the address.
     *
     * @param string $call method and path
     */
    public static function of(Answer $answer, int $now, string $call, string $base_url): self
    {
        [$code, $status] = [$answer->problem()['code'] ?? null, $answer->status];
        $code = is_string($code) ? $code : null;
        $counts = $code !== null || !in_array($status, self::OF_A_THING, true);
        $kinds = array_filter(self::KINDS, static fn (array $kind) => in_array($code, explode(' ', $kind[1]), true))
            ?: array_filter(self::KINDS, static fn (array $kind) => $counts && in_array($status, array_slice($kind, 2), true))
            ?: [[$status >= 500 ? ServerError::class : self::class]];
        $hint = $status >= 300 && $status < 400 ? 'See base_url: redirects are not followed.' : 'See base_url.';
        $stranger = "What answers at $base_url is no OpsIQ server, or a proxy whose server is down: it answered $call with $status and no problem of OpsIQ's. $hint";
        return new (reset($kinds)[0])($answer, $now, $code === null ? $stranger : null);
    }
}

/** A success that is none of OpsIQ's: somebody else's page, JSON of another form. It may have happened. */
class UnreadableAnswerError extends ApiError {}

/** What was sent can't be read or is too large: mend it by `detail` and `errors`. */
class InvalidRequestError extends ApiError {}

/** The key or its secret is not right, or may no longer act. */
class AuthenticationError extends ApiError {}

/** This machine's clock is wrong; the library has tried to go by the server's already. */
class ClockSkewError extends AuthenticationError {}

/**
 * Known, but not allowed: the role, the key's scopes or the surface don't reach, only a person in the console may confirm it (`person_required`; the
 * detail says where), or a test key was used for what has effects (`wrong_mode`).
 */
class ForbiddenError extends ApiError {}

/** There is no such thing in this workspace. */
class NotFoundError extends ApiError {}

/** It has moved on: `conflict`, `stale`, `already_decided`, `expired`, `drifted`, … */
class ConflictError extends ApiError {}

/** The first request with this key is still under way, after every retry. */
class IdempotencyInFlightError extends ConflictError {}

/** Understood, and it won't do: `invalid` with `errors`, `invalid_contract`, `event_loop`, … */
class UnprocessableError extends ApiError {}

/** The key belongs to another request. A new key for a new request. */
class IdempotencyKeyReusedError extends UnprocessableError {}

/** More requests than this key may send; there is room again after `retry_after_s`. */
class RateLimitedError extends ApiError {}

/** The server has a fault. Report it with the `request_id`. */
class ServerError extends ApiError {}

/** OpsIQ, or something it depends on, is down. Try again later. */
class UnavailableError extends ServerError {}
