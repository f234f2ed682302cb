<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Http\Api;
use OpsIQ\Types\Delivery;

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
