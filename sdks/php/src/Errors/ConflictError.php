<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** It has moved on: `conflict`, `stale`, `already_decided`, `expired`, `drifted`, … */
class ConflictError extends ApiError
{
}
