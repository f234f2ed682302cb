<?php

declare(strict_types=1);

namespace OpsIQ;

use OpsIQ\Errors\TimedOutError;
use OpsIQ\Http\Api;
use OpsIQ\Resources\Runs;

/** One request, from the words or the given values to the outcome, as it was when it was asked for. */
class Run extends Types\Run
{
    private const MOVING = ['received', 'confirmed', 'executing'];

    private ?Api $api = null;

    public static function from(mixed $data): static
    {
        return static::class === self::class && ($data['state'] ?? null) === 'held' ? Held::from($data) : parent::from($data);
    }

    /** Something was done, and all of it has worked. */
    public function succeeded(): bool
    {
        return $this->state === 'succeeded';
    }

    /** It needs nobody and goes on by itself. */
    public function moving(): bool
    {
        return in_array($this->state, self::MOVING, true);
    }

    /**
     * The run as soon as it is over, or asks something; look at its `state`. A held card is waited for until somebody has decided.
     *
     * @throws TimedOutError when `$timeout_s` have passed; it goes on all the same
     */
    public function wait(float $timeout_s = 60.0): self
    {
        $end = hrtime(true) + (int) ($timeout_s * 1e9);
        do {
            $left = max(0.0, ($end - hrtime(true)) / 1e9);
            $run = $this->runs()->get($this->id, round(min(20.0, $left), 3));
            if (!$run->moving() && !$run instanceof Held) {
                return $run;
            }
            if ($run instanceof Held) {
                $this->api->pause(min(1.0, $left)); // while a card is held the server answers at once
            }
        } while (hrtime(true) < $end);
        throw new TimedOutError("The run $this->id is still $run->state after $timeout_s s.");
    }

    public function refresh(): self
    {
        return $this->runs()->get($this->id);
    }

    /** Answer its open question: with a candidate's id, or in words. */
    public function answer(?string $choice = null, ?string $text = null): self
    {
        return $this->runs()->answer($this->id, $this->question?->slot ?? '', $choice, $text);
    }

    /** Say no to its card or question. */
    public function reject(?string $reason = null): self
    {
        return $this->runs()->reject($this->id, $reason);
    }

    /** @internal */
    public function of(Api $api): static
    {
        $this->api = $api;
        return $this;
    }

    protected function runs(): Runs
    {
        return new Runs($this->api);
    }
}
