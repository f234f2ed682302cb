<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/** A success that is none of OpsIQ's: somebody else's page, JSON of another form. It may have happened. */
class UnreadableAnswerError extends ApiError
{
}
