<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** The server has a fault. Report it with the `request_id`. */
class ServerError extends ApiError
{
}
