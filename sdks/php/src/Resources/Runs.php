<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\{Json, Run};
use OpsIQ\Types\RunPage;

final class Runs extends Resource
{
    /** Ask for something in plain words. */
    public function ask(string $text, ?string $idempotency_key = null, ?string $surface = null, ?string $session = null): Run
    {
        $body = ['text' => $text, 'surface' => $surface, 'session' => $session];
        return $this->api->call(Run::class, 'POST', ['runs'], [], $body, $idempotency_key)->of($this);
    }

    /** @param float $wait_s so long (60 at most) until it needs a person or is over */
    public function get(string $id, float $wait_s = 0.0): Run
    {
        return $this->api->call(Run::class, 'GET', ['runs', $id], ['wait_s' => $wait_s ?: null], longer_s: $wait_s)->of($this);
    }

    /**
     * Newest first: the key's own runs, for an owner everybody's.
     *
     * @param int|null $limit of a page
     * @param string|null $before the id of a run: those before it
     * @return \Generator<int, Run>
     */
    public function list(?int $limit = null, ?string $before = null): \Generator
    {
        foreach ($this->each(RunPage::class, ['runs'], ['limit' => $limit, 'before' => $before], 'before') as $run) {
            yield $run->of($this);
        }
    }

    /** Say yes to exactly the card with this digest. */
    public function confirm(string $id, string $digest, ?string $idempotency_key = null): Run
    {
        return $this->act($id, 'confirm', ['digest' => $digest], $idempotency_key);
    }

    /** Say no to a card or a question. Nothing is sent. */
    public function reject(string $id, ?string $reason = null, ?string $idempotency_key = null): Run
    {
        return $this->act($id, 'reject', ['reason' => $reason], $idempotency_key);
    }

    /** Answer the open question: with a candidate's id (`choice`), or in words (`text`). */
    public function answer(string $id, string $slot, ?string $choice = null, ?string $text = null, ?string $idempotency_key = null): Run
    {
        return $this->act($id, 'answer', ['slot' => $slot, 'choice' => $choice, 'text' => $text], $idempotency_key);
    }

    /**
     * Change parameters of a card by words; that is a new card.
     *
     * @param array<string, string> $changes as in `['0.amount' => '20 dollars']`
     */
    public function edit(string $id, string $digest, array $changes, ?string $idempotency_key = null): Run
    {
        return $this->act($id, 'edit', ['digest' => $digest, 'changes' => Json::object($changes, 'changes')], $idempotency_key);
    }

    /** Settle a run whose outcome is unknown (owners): `resend`, `happened` or `did_not_happen`. */
    public function decide(string $id, string $verdict, ?string $idempotency_key = null): Run
    {
        return $this->act($id, 'decide', ['verdict' => $verdict], $idempotency_key);
    }

    /** @internal waits without asking */
    public function pause(float $s): void
    {
        $this->api->pause($s);
    }

    private function act(string $id, string $act, array $body, ?string $key): Run
    {
        return $this->api->call(Run::class, 'POST', ['runs', $id, $act], [], $body, $key)->of($this);
    }
}
