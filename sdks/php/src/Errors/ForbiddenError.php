<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** Known, but not allowed: the role, the key's scopes or the surface don't reach. */
class ForbiddenError extends ApiError
{
}
