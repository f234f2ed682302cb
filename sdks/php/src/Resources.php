<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\{Json, Run};
use OpsIQ\Http\Api;
use OpsIQ\Types\{Accepted, Connector, ConnectorList, Contract, ContractList, ContractSummary, Delivery, DeliveryDetail, DeliveryPage, Event, EventDetail, EventPage, Record, RecordPage, Registered, RegisteredList, Retired, Version, VersionList};

abstract class Resource
{
    public function __construct(protected Api $api) {}

    /**
     * Every item of every page; the next page is asked for when it is needed.
     *
     * @param class-string<\OpsIQ\Types\Type> $type of a page
     * @param list<string> $path
     * @param string $place the parameter that a page's `next` goes into
     */
    protected function each(string $type, array $path, array $query, string $place): \Generator
    {
        do {
            $page = $this->api->call($type, 'GET', $path, $query);
            yield from array_values($page->data);
            $query[$place] = $page->next;
        } while ($page->next !== null);
    }
}

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

final class Actions extends Resource
{
    public function __construct(Api $api, private Runs $runs)
    {
        parent::__construct($api);
    }

    /**
     * Run a registered action. What comes is the run: `Held` with its card where somebody must confirm it, else on its way; `wait()` for
     * what comes of it. What may not or can't be done is an ApiError whose `run_id` history knows.
     *
     * @param array<string, mixed> $params
     * @param string|null $surface admin (by default), customer or writing
     * @param string|null $session groups runs for actions that are confirmed once in a session
     */
    public function run(
        string $action, array|object $params = [], ?string $idempotency_key = null, ?string $surface = null, ?string $session = null,
    ): Run {
        $body = ['action' => $action, 'params' => Json::object($params, 'params'), 'surface' => $surface, 'session' => $session];
        return $this->api->call(Run::class, 'POST', ['actions', 'run'], [], $body, $idempotency_key)->of($this->runs);
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
        return $this->each(RecordPage::class, ['tickets'], $filters + ['limit' => $limit, 'cursor' => $cursor], 'cursor');
    }

    /** One page; its `next` is the `$cursor` of the page after it, with the same filters. */
    public function page(array $filters = [], ?string $cursor = null, ?int $limit = null): RecordPage
    {
        return $this->api->call(RecordPage::class, 'GET', ['tickets'], $filters + ['limit' => $limit, 'cursor' => $cursor]);
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
        return $this->api->call(ConnectorList::class, 'GET', ['connectors'])->data;
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
        return $this->api->call(ContractList::class, 'GET', ['contracts'])->data;
    }

    public function get(string $name): Contract
    {
        return $this->api->call(Contract::class, 'GET', ['contracts', $name]);
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
        $body = ['contracts' => array_values($contracts)];
        return $this->api->call(RegisteredList::class, 'POST', ['contracts'], [], $body, $idempotency_key)->data;
    }

    /** Offer it no more (owners). */
    public function retire(string $name, ?string $idempotency_key = null): Retired
    {
        $key = $idempotency_key ?? bin2hex(random_bytes(16));
        return $this->api->call(Retired::class, 'DELETE', ['contracts', $name], idempotency_key: $key);
    }
}

final class Me extends Resource
{
    /** The key, its workspace, role and scopes: the first call to make with one. */
    public function get(): \OpsIQ\Types\Me
    {
        return $this->api->call(\OpsIQ\Types\Me::class, 'GET', ['me']);
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
        $body = ['endpoint' => $endpoint, 'event' => $event];
        return $this->api->call(Delivery::class, 'POST', ['webhooks', 'test'], [], $body, $idempotency_key);
    }

    /** One more attempt at a delivery: the same bytes, the same webhook-id. */
    public function resend(string $delivery, ?string $idempotency_key = null): Delivery
    {
        return $this->deliveries->resend($delivery, $idempotency_key);
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
        return $this->each(DeliveryPage::class, ['webhooks', 'deliveries'], $filters, 'before');
    }

    /** With its body and every attempt. */
    public function get(string $id): DeliveryDetail
    {
        return $this->api->call(DeliveryDetail::class, 'GET', ['webhooks', 'deliveries', $id]);
    }

    /** One more attempt: the same bytes, the same webhook-id. */
    public function resend(string $id, ?string $idempotency_key = null): Delivery
    {
        return $this->api->call(Delivery::class, 'POST', ['webhooks', 'deliveries', $id, 'resend'], idempotency_key: $idempotency_key);
    }
}
