<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Json;
use OpsIQ\Types\{Endpoint, EndpointList, EndpointWithSecret, SpanView, Type};

final class Endpoints extends Resource
{
    /**
     * The answer holds the endpoint's `secret`, this once.
     *
     * @param list<string> $events patterns: `invoice.paid`, `invoice.*`, `*`
     * @param array<string, string> $headers sent along with every delivery
     */
    public function create(
        string $url, array $events, ?string $description = null, array|object|null $headers = null, ?int $per_minute = null, ?string $idempotency_key = null,
    ): EndpointWithSecret {
        $body = ['url' => $url, 'events' => array_values($events), 'description' => $description];
        $body += ['headers' => $headers === null ? null : Json::object($headers, 'headers'), 'per_minute' => $per_minute];
        return $this->api->call(EndpointWithSecret::class, 'POST', ['webhooks', 'endpoints'], [], $body, $idempotency_key);
    }

    /** @return list<Endpoint> */
    public function list(): array
    {
        return $this->api->call(EndpointList::class, 'GET', ['webhooks', 'endpoints'])->data;
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
        if (is_array($changes['headers'] ?? null)) {
            $changes['headers'] = Json::object($changes['headers'], 'headers');
        }
        return $this->api->call(Endpoint::class, 'PATCH', ['webhooks', 'endpoints', $id], [], Json::object($changes, 'changes'));
    }

    /** Its deliveries stay in the log. */
    public function delete(string $id): void
    {
        $this->api->call(null, 'DELETE', ['webhooks', 'endpoints', $id]);
    }

    /** Deliveries go on being made, and wait. */
    public function pause(string $id, ?string $idempotency_key = null): Endpoint
    {
        return $this->act(Endpoint::class, $id, 'pause', null, $idempotency_key);
    }

    public function resume(string $id, ?string $idempotency_key = null): Endpoint
    {
        return $this->act(Endpoint::class, $id, 'resume', null, $idempotency_key);
    }

    /** A fresh secret, in this answer alone; for 24 hours everything is signed with both. */
    public function rotate(string $id, ?string $idempotency_key = null): EndpointWithSecret
    {
        return $this->act(EndpointWithSecret::class, $id, 'rotate', null, $idempotency_key);
    }

    /** One more attempt at every delivery of the span that failed. */
    public function recover(string $id, \DateTimeInterface|string $since, \DateTimeInterface|string|null $until = null, ?string $idempotency_key = null): SpanView
    {
        return $this->act(SpanView::class, $id, 'recover', ['since' => $since, 'until' => $until], $idempotency_key);
    }

    /** Deliver the events of the span that this endpoint wants and has no delivery of. */
    public function replay(string $id, \DateTimeInterface|string $since, \DateTimeInterface|string|null $until = null, ?string $idempotency_key = null): SpanView
    {
        return $this->act(SpanView::class, $id, 'replay', ['since' => $since, 'until' => $until], $idempotency_key);
    }

    private function act(string $type, string $id, string $act, ?array $body, ?string $key): Type
    {
        return $this->api->call($type, 'POST', ['webhooks', 'endpoints', $id, $act], [], $body, $key);
    }
}
