<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

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
 * @property-read string|null $code docs/reference/errors.md; null where OpsIQ gave none
 */
abstract class OpsIQError extends \RuntimeException
{
    /** @param string|null $request_id what the server's logs and AI History know the request by; null where no answer came */
    public function __construct(
        string $message, private ?string $its_code = null, public readonly ?string $request_id = null, ?\Throwable $previous = null,
        int $status = 0,
    ) {
        parent::__construct($message, $status, $previous);
    }

    public function __get(string $name): ?string
    {
        return $name === 'code' ? $this->its_code : throw new \LogicException(static::class . " has no property $name.");
    }

    public function __isset(string $name): bool
    {
        return $name === 'code' && $this->its_code !== null;
    }
}
