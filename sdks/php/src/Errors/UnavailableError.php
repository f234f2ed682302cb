<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** OpsIQ, or something it depends on, is down. Try again later. */
class UnavailableError extends ServerError
{
}
