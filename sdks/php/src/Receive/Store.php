<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

/** What a receiver remembers, so that each message is acted upon once however often it comes. */
interface Store
{
    /**
     * What `$act` answered for this id: now, if it is the first time, else then. Nothing is kept when `$act` throws. Of two at the same
     * time one waits for the other.
     *
     * @param string $fingerprint of the message's body
     * @param \Closure(): Reply $act
     * @throws OtherBody the id stands for another body
     */
    public function once(string $id, string $fingerprint, \Closure $act): Reply;
}
