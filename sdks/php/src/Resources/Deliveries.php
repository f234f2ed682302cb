<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Types\Delivery;
use OpsIQ\Types\DeliveryDetail;
use OpsIQ\Types\DeliveryPage;

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
