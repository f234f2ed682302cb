<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** Understood, and it won't do: `invalid` with `errors`, `invalid_contract`, `event_loop`, … */
class UnprocessableError extends ApiError
{
}
