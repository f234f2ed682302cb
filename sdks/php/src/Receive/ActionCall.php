<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

/** An action to carry out, confirmed where it had to be. `id` (act_…) is the idempotency key. */
final class ActionCall extends Message
{
    /** `saas.refund_invoice` */
    public function action(): string
    {
        return $this->payload['action'];
    }

    /** @return array<string, mixed> as the contract declares them */
    public function params(): array
    {
        return $this->map('params');
    }

    /** @return array<string, mixed> who asked for it: `id`, `name`, `role` */
    public function actor(): array
    {
        return $this->map('actor');
    }

    public function runId(): string
    {
        return (string) ($this->payload['run_id'] ?? '');
    }
}
