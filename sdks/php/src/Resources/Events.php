<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Json;
use OpsIQ\Types\Accepted;
use OpsIQ\Types\Event;
use OpsIQ\Types\EventDetail;
use OpsIQ\Types\EventPage;

final class Events extends Resource
{
    /**
     * Say what has happened. `$caused_by`: the id of the event, run or call that led to it, so that rules don't feed themselves.
     *
     * @param array<string, mixed> $data
     */
    public function fire(
        string $event, array|object $data = [], ?string $idempotency_key = null, \DateTimeInterface|string|null $occurred_at = null,
        ?string $caused_by = null,
    ): Accepted {
        $body = ['event' => $event, 'data' => Json::object($data, 'data'), 'occurred_at' => $occurred_at, 'caused_by' => $caused_by];
        return $this->api->call(Accepted::class, 'POST', ['events', 'fire'], [], $body, $idempotency_key);
    }

    /** The event and how each subscriber has reacted. */
    public function get(string $id): EventDetail
    {
        return $this->api->call(EventDetail::class, 'GET', ['events', $id]);
    }

    /**
     * Newest first.
     *
     * @param array{event?: string, since?: \DateTimeInterface|string, until?: \DateTimeInterface|string, limit?: int} $filters `limit`: of a page
     * @return \Generator<int, Event>
     */
    public function list(array $filters = []): \Generator
    {
        return $this->each(EventPage::class, ['events'], $filters, 'before');
    }
}
