<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** The first request with this key is still under way, after every retry. */
class IdempotencyInFlightError extends ConflictError
{
}
