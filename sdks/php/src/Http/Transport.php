<?php

declare(strict_types=1);

namespace OpsIQ\Http;

use OpsIQ\Errors\TransportError;

/** How one attempt goes out. Redirects are not followed: what was signed for one place is for that place. */
interface Transport
{
    /** @throws TransportError */
    public function send(Request $request): Answer;
}
