<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** An option or an argument can't be used as it is. Nothing was sent. */
class ConfigurationError extends OpsIQError
{
}
