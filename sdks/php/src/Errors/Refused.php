<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

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
