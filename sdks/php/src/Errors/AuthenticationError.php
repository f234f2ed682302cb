<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** The key or its secret is not right, or may no longer act. */
class AuthenticationError extends ApiError
{
}
