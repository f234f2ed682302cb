<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** More requests than this key may send; there is room again after `retry_after_s`. */
class RateLimitedError extends ApiError
{
}
