<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** This machine's clock is wrong; the library has tried to go by the server's already. */
class ClockSkewError extends AuthenticationError
{
}
