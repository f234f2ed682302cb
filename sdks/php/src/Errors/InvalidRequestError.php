<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** What was sent can't be read or is too large: mend it by `detail` and `errors`. */
class InvalidRequestError extends ApiError
{
}
