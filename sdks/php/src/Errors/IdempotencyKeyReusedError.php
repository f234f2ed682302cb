<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** The key belongs to another request. A new key for a new request. */
class IdempotencyKeyReusedError extends UnprocessableError
{
}
