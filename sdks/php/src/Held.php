<?php

declare(strict_types=1);

namespace OpsIQ;

/** A run that waits for a person: `card` is exactly what will be sent, and nothing is until it is confirmed. `wait()` for the decision. */
final class Held extends Run
{
    /** Say yes to exactly this card. It stays held where a second person must. */
    public function confirm(): Run
    {
        return $this->runs()->confirm($this->id, $this->card->digest);
    }
}
