<?php

declare(strict_types=1);

namespace OpsIQ\Http;

/** When a request is sent again, and after which pause. */
final class Retries
{
    private const FIRST_S = 0.5;
    private const LONGEST_S = 8.0;
    private const LONGEST_ASKED_S = 60;
    private const STATUSES = [408, 425, 429, 500, 502, 503, 504];

    /** @param \Closure(): float $random in [0, 1) */
    public function __construct(private int $max_retries, private \Closure $random)
    {
    }

    /** Seconds to wait after attempt `$attempt` (from 1); null: it was the last. `$answer` null: no answer came. */
    public function pause(int $attempt, ?Answer $answer, int $now): ?float
    {
        if ($attempt > $this->max_retries || ($answer !== null && !self::worth($answer))) {
            return null;
        }
        $asked = $answer?->retryAfter($now) ?? 0;
        if ($asked > self::LONGEST_ASKED_S) {
            return null; // so long a wait is the caller's to decide
        }
        $full = min(self::LONGEST_S, self::FIRST_S * 2 ** min($attempt - 1, 10));
        return max($full / 2 + $full / 2 * ($this->random)(), (float) $asked);
    }

    /** How far the server's clock is ahead of the one that read `$signed_at`, where that is why it refused. */
    public function clockOffset(Answer $answer, int $signed_at): ?int
    {
        $problem = $answer->problem();
        $time = $problem['server_time'] ?? null;
        return $this->max_retries > 0 && ($problem['code'] ?? null) === 'clock_skew' && is_int($time) ? $time - $signed_at : null;
    }

    /** `retryable` of the problem decides; where it says nothing, the status does. */
    private static function worth(Answer $answer): bool
    {
        $said = $answer->problem()['retryable'] ?? null;
        return is_bool($said) ? $said : in_array($answer->status, self::STATUSES, true);
    }
}
