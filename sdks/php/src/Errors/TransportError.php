<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** No answer came, after every retry. It may have been acted upon; the same idempotency key makes it safe to send again. */
class TransportError extends OpsIQError
{
}
