<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

// Made of scripts/resources.txt by scripts/resources.php: don't edit.

use OpsIQ\{Json, Run, Types};
use OpsIQ\Http\Api;
use OpsIQ\Types\{Accepted, Candidate, Connector, ConnectorList, Contract, ContractList, ContractSummary, Delivery, DeliveryDetail, DeliveryPage, Endpoint, EndpointList, EndpointWithSecret, Event, EventDetail, EventPage, EventType, EventTypeList, Record, RecordPage, RecordsPage, Registered, RegisteredList, Retired, RunPage, SpanView, ToolList, Version, VersionList};

final class Events extends Resource
{
    /**
     * Say what has happened. `$caused_by`: the id of the event, run or call that led to it, so that rules don't feed themselves.
     *
     * @param array<string, mixed> $data
     */
    public function fire(string $event, array|object $data = [], ?string $idempotency_key = null, \DateTimeInterface|string|null $occurred_at = null, ?string $caused_by = null): Accepted
    {
        return $this->api->call(Accepted::class, 'POST', '/v1/events/fire', [], ['event' => $event, 'data' => Json::object($data, 'data'), 'occurred_at' => $occurred_at, 'caused_by' => $caused_by], $idempotency_key);
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
        return $this->each(EventPage::class, '/v1/events', $filters, 'before');
    }
}

final class Catalogue extends Resource
{
    /**
     * The universal events: the schema of each one's data, and a sample.
     *
     * @return list<EventType>
     */
    public function list(): array
    {
        return $this->api->call(EventTypeList::class, 'GET', '/v1/event-types')->data;
    }

    public function get(string $name): EventType
    {
        return $this->api->call(EventType::class, 'GET', ['event-types', $name]);
    }
}

final class Actions extends Resource
{
    /**
     * Run a registered action. What comes is the run: `Held` with its card where somebody must confirm it, else on its way; `wait()` for
     * what comes of it. What may not or can't be done is an ApiError whose `run_id` history knows.
     *
     * @param array<string, mixed> $params
     * @param string|null $surface admin (by default), customer or writing
     * @param string|null $session groups runs for actions that are confirmed once in a session
     */
    public function run(string $action, array|object $params = [], ?string $idempotency_key = null, ?string $surface = null, ?string $session = null): Run
    {
        return $this->api->call(Run::class, 'POST', '/v1/actions/run', [], ['action' => $action, 'params' => Json::object($params, 'params'), 'surface' => $surface, 'session' => $session], $idempotency_key)->of($this->api);
    }
}

final class Runs extends Resource
{
    /**
     * Ask for something in plain words.
     *
     * @param string|null $thread_id an earlier run to go on from: its words and records may be spoken of
     */
    public function ask(string $text, ?string $idempotency_key = null, ?string $surface = null, ?string $session = null, ?string $thread_id = null): Run
    {
        return $this->api->call(Run::class, 'POST', '/v1/runs', [], ['text' => $text, 'surface' => $surface, 'session' => $session, 'thread_id' => $thread_id], $idempotency_key)->of($this->api);
    }

    /** @param float $wait_s so long (60 at most) until it needs a person or is over */
    public function get(string $id, float $wait_s = 0.0): Run
    {
        return $this->api->call(Run::class, 'GET', ['runs', $id], ['wait_s' => $wait_s ?: null], longer_s: $wait_s)->of($this->api);
    }

    /**
     * Newest first: the key's own runs, for an owner everybody's.
     *
     * @param int|null $limit of a page
     * @param string|null $before the id of a run: those before it
     * @param string|null $thread_id only those of one thread
     * @return \Generator<int, Run>
     */
    public function list(?int $limit = null, ?string $before = null, ?string $thread_id = null): \Generator
    {
        return $this->each(RunPage::class, '/v1/runs', ['limit' => $limit, 'before' => $before, 'thread_id' => $thread_id], 'before');
    }

    /**
     * Every record that the answer of the run rests on, read anew, twenty a page.
     *
     * @param int|null $start how many to pass over
     * @return \Generator<int, Candidate>
     */
    public function records(string $id, ?int $start = null): \Generator
    {
        return $this->each(RecordsPage::class, ['runs', $id, 'records'], ['start' => $start], 'start');
    }

    /** Say yes to exactly the card with this digest. */
    public function confirm(string $id, string $digest, ?string $idempotency_key = null): Run
    {
        return $this->api->call(Run::class, 'POST', ['runs', $id, 'confirm'], [], ['digest' => $digest], $idempotency_key)->of($this->api);
    }

    /** Say no to a card or a question. Nothing is sent. */
    public function reject(string $id, ?string $reason = null, ?string $idempotency_key = null): Run
    {
        return $this->api->call(Run::class, 'POST', ['runs', $id, 'reject'], [], ['reason' => $reason], $idempotency_key)->of($this->api);
    }

    /** Answer the open question: with a candidate's id (`choice`), or in words (`text`). */
    public function answer(string $id, string $slot, ?string $choice = null, ?string $text = null, ?string $idempotency_key = null): Run
    {
        return $this->api->call(Run::class, 'POST', ['runs', $id, 'answer'], [], ['slot' => $slot, 'choice' => $choice, 'text' => $text], $idempotency_key)->of($this->api);
    }

    /**
     * Change parameters of a card by words; that is a new card.
     *
     * @param array<string, string> $changes as in `['0.amount' => '20 dollars']`
     */
    public function edit(string $id, string $digest, array $changes, ?string $idempotency_key = null): Run
    {
        return $this->api->call(Run::class, 'POST', ['runs', $id, 'edit'], [], ['digest' => $digest, 'changes' => Json::object($changes, 'changes')], $idempotency_key)->of($this->api);
    }

    /** Settle a run whose outcome is unknown (owners): `resend`, `happened` or `did_not_happen`. */
    public function decide(string $id, string $verdict, ?string $idempotency_key = null): Run
    {
        return $this->api->call(Run::class, 'POST', ['runs', $id, 'decide'], [], ['verdict' => $verdict], $idempotency_key)->of($this->api);
    }
}

final class Customers extends Resource
{
    /** The customer's declared fields (`data`), read live from the platform. */
    public function get(string|int $id): Record
    {
        return $this->api->call(Record::class, 'GET', ['customers', $id]);
    }
}

final class Tickets extends Resource
{
    /**
     * Every ticket that fits, newest first, page after page as you go on.
     *
     * @param array<string, mixed> $filters any declared field and its value, a list for any of several: `['status' => 'open']`
     * @param int|null $limit of a page
     * @param string|null $cursor where to go on: the `next` of a page with the same filters
     * @return \Generator<int, Record>
     */
    public function list(array $filters = [], ?int $limit = null, ?string $cursor = null): \Generator
    {
        return $this->each(RecordPage::class, '/v1/tickets', $filters + ['limit' => $limit, 'cursor' => $cursor], 'cursor');
    }

    /** One page; its `next` is the `$cursor` of the page after it, with the same filters. */
    public function page(array $filters = [], ?string $cursor = null, ?int $limit = null): RecordPage
    {
        return $this->api->call(RecordPage::class, 'GET', '/v1/tickets', $filters + ['limit' => $limit, 'cursor' => $cursor]);
    }
}

final class Connectors extends Resource
{
    /**
     * Every connector, and what of which records each may read.
     *
     * @return list<Connector>
     */
    public function list(): array
    {
        return $this->api->call(ConnectorList::class, 'GET', '/v1/connectors')->data;
    }
}

final class Contracts extends Resource
{
    /**
     * What this key's role may run.
     *
     * @return list<ContractSummary>
     */
    public function list(): array
    {
        return $this->api->call(ContractList::class, 'GET', '/v1/contracts')->data;
    }

    public function get(string $name): Contract
    {
        return $this->api->call(Contract::class, 'GET', ['contracts', $name]);
    }

    /**
     * What this key's role may run, as function tools for a model that you call yourself. A tool's `action` is what `actions->run` takes.
     *
     * @param string|null $format openai (by default) or anthropic
     * @param string|null $q words that the action has
     */
    public function tools(?string $format = null, ?string $q = null, ?int $limit = null): ToolList
    {
        return $this->api->call(ToolList::class, 'GET', '/v1/contracts/tools', ['format' => $format, 'q' => $q, 'limit' => $limit]);
    }

    /** @return list<Version> newest first */
    public function versions(string $name): array
    {
        return $this->api->call(VersionList::class, 'GET', ['contracts', $name, 'versions'])->data;
    }

    /**
     * Lint, sign and register: all of them or none (owners).
     *
     * @param list<array<string, mixed>|object> $contracts an empty object in one is `new \stdClass`, an empty array a list
     * @return list<Registered>
     */
    public function register(array $contracts, ?string $idempotency_key = null): array
    {
        return $this->api->call(RegisteredList::class, 'POST', '/v1/contracts', [], ['contracts' => array_values($contracts)], $idempotency_key)->data;
    }

    /** Offer it no more (owners). */
    public function retire(string $name, ?string $idempotency_key = null): Retired
    {
        return $this->api->call(Retired::class, 'DELETE', ['contracts', $name], [], null, $idempotency_key ?? bin2hex(random_bytes(16)));
    }
}

final class Me extends Resource
{
    /** The key, its workspace, role and scopes: the first call to make with one. */
    public function get(): Types\Me
    {
        return $this->api->call(Types\Me::class, 'GET', '/v1/me');
    }
}

final class Webhooks extends Resource
{
    public readonly Endpoints $endpoints;
    public readonly Deliveries $deliveries;

    public function __construct(Api $api)
    {
        parent::__construct($api);
        $this->endpoints = new Endpoints($api);
        $this->deliveries = new Deliveries($api);
    }

    /** One attempt with a sample of a universal event; by default the first that the endpoint wants. */
    public function test(string $endpoint, ?string $event = null, ?string $idempotency_key = null): Delivery
    {
        return $this->api->call(Delivery::class, 'POST', '/v1/webhooks/test', [], ['endpoint' => $endpoint, 'event' => $event], $idempotency_key);
    }

    /** One more attempt at a delivery: the same bytes, the same webhook-id. */
    public function resend(string $delivery, ?string $idempotency_key = null): Delivery
    {
        return $this->api->call(Delivery::class, 'POST', ['webhooks', 'deliveries', $delivery, 'resend'], [], null, $idempotency_key);
    }
}

final class Endpoints extends Resource
{
    /**
     * The answer holds the endpoint's `secret`, this once.
     *
     * @param list<string> $events patterns: `invoice.paid`, `invoice.*`, `*`
     * @param array<string, string> $headers sent along with every delivery
     */
    public function create(string $url, array $events, ?string $description = null, array|object|null $headers = null, ?int $per_minute = null, ?string $idempotency_key = null): EndpointWithSecret
    {
        return $this->api->call(EndpointWithSecret::class, 'POST', '/v1/webhooks/endpoints', [], ['url' => $url, 'events' => array_values($events), 'description' => $description, 'headers' => Json::object($headers, 'headers'), 'per_minute' => $per_minute], $idempotency_key);
    }

    /** @return list<Endpoint> */
    public function list(): array
    {
        return $this->api->call(EndpointList::class, 'GET', '/v1/webhooks/endpoints')->data;
    }

    public function get(string $id): Endpoint
    {
        return $this->api->call(Endpoint::class, 'GET', ['webhooks', 'endpoints', $id]);
    }

    /**
     * Only what is given is changed; `headers` replaces all of them.
     *
     * @param array{url?: string, events?: list<string>, description?: string, headers?: array<string, string>, per_minute?: ?int} $changes
     */
    public function update(string $id, array $changes): Endpoint
    {
        return $this->api->call(Endpoint::class, 'PATCH', ['webhooks', 'endpoints', $id], [], Json::object($changes, 'changes', 'headers'));
    }

    /** Its deliveries stay in the log. */
    public function delete(string $id): void
    {
        $this->api->call(null, 'DELETE', ['webhooks', 'endpoints', $id]);
    }

    /** Deliveries go on being made, and wait. */
    public function pause(string $id, ?string $idempotency_key = null): Endpoint
    {
        return $this->api->call(Endpoint::class, 'POST', ['webhooks', 'endpoints', $id, 'pause'], [], null, $idempotency_key);
    }

    public function resume(string $id, ?string $idempotency_key = null): Endpoint
    {
        return $this->api->call(Endpoint::class, 'POST', ['webhooks', 'endpoints', $id, 'resume'], [], null, $idempotency_key);
    }

    /** A fresh secret, in this answer alone; for 24 hours everything is signed with both. */
    public function rotate(string $id, ?string $idempotency_key = null): EndpointWithSecret
    {
        return $this->api->call(EndpointWithSecret::class, 'POST', ['webhooks', 'endpoints', $id, 'rotate'], [], null, $idempotency_key);
    }

    /** One more attempt at every delivery of the span that failed. */
    public function recover(string $id, \DateTimeInterface|string $since, \DateTimeInterface|string|null $until = null, ?string $idempotency_key = null): SpanView
    {
        return $this->api->call(SpanView::class, 'POST', ['webhooks', 'endpoints', $id, 'recover'], [], ['since' => $since, 'until' => $until], $idempotency_key);
    }

    /** Deliver the events of the span that this endpoint wants and has no delivery of. */
    public function replay(string $id, \DateTimeInterface|string $since, \DateTimeInterface|string|null $until = null, ?string $idempotency_key = null): SpanView
    {
        return $this->api->call(SpanView::class, 'POST', ['webhooks', 'endpoints', $id, 'replay'], [], ['since' => $since, 'until' => $until], $idempotency_key);
    }
}

final class Deliveries extends Resource
{
    /**
     * Newest first; kept for 30 days.
     *
     * @param array<string, mixed> $filters `endpoint`, `event`, `event_id`, `state` (one or a list), `since`, `until`, and `limit` of a page
     * @return \Generator<int, Delivery>
     */
    public function list(array $filters = []): \Generator
    {
        return $this->each(DeliveryPage::class, '/v1/webhooks/deliveries', $filters, 'before');
    }

    /** With its body and every attempt. */
    public function get(string $id): DeliveryDetail
    {
        return $this->api->call(DeliveryDetail::class, 'GET', ['webhooks', 'deliveries', $id]);
    }

    /** One more attempt: the same bytes, the same webhook-id. */
    public function resend(string $id, ?string $idempotency_key = null): Delivery
    {
        return $this->api->call(Delivery::class, 'POST', ['webhooks', 'deliveries', $id, 'resend'], [], null, $idempotency_key);
    }
}
