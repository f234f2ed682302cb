<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** There is no such thing in this workspace. */
class NotFoundError extends ApiError
{
}
