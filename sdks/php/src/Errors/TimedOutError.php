<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** No answer came in time. */
class TimedOutError extends TransportError
{
}
