<?php

declare(strict_types=1);

namespace OpsIQ\Errors;

/**
 * A message that is not to be believed: answer 401 and do nothing. Whatever is wrong, it is this one error, and `reason` says what:
 * `missing_header`, `duplicate_header`, `malformed`, `too_old`, `too_new`, `no_match`, `replayed`, and for faults of one's own side
 * `reserialised` (the body was parsed and written again) and `not_raw` (it was handed over parsed).
 */
class WebhookVerificationError extends OpsIQError
{
    public function __construct(public readonly string $reason, string $message)
    {
        parent::__construct($message);
    }
}
