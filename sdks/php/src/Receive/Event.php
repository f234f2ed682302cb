<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

/** Something has happened. */
final class Event extends Message
{
    /** `invoice.paid` */
    public function type(): string
    {
        return $this->payload['type'];
    }

    /** @return array<string, mixed> */
    public function data(): array
    {
        return $this->map('data');
    }

    /** When it happened; events may arrive in any order. */
    public function occurredAt(): \DateTimeImmutable
    {
        return new \DateTimeImmutable((string) ($this->payload['timestamp'] ?? ''));
    }
}
