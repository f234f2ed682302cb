<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

use OpsIQ\Json;

/** What OpsIQ sent, verified. `id` (the webhook-id) is the same for every attempt and resend: remember it with what you did. */
class Message
{
    /**
     * @param int $timestamp unix seconds of the signature
     * @param string $body the bytes as they came
     * @param array<string, mixed> $payload the body read as JSON; [] where it is no JSON object
     */
    final protected function __construct(
        public readonly string $id,
        public readonly int $timestamp,
        public readonly string $body,
        public readonly array $payload,
        public readonly ?int $attempt,
        public readonly ?string $delivery_id,
    ) {
    }

    /** @internal of what is verified: an Event, an ActionCall, or a Message that is neither */
    public static function read(string $id, int $timestamp, string $body, ?string $attempt, ?string $delivery_id): self
    {
        try {
            $payload = Json::decode($body);
        } catch (\JsonException) {
            $payload = null;
        }
        $payload = is_array($payload) ? $payload : [];
        $class = match (true) {
            is_string($payload['action'] ?? null) => ActionCall::class,
            is_string($payload['type'] ?? null) => Event::class,
            default => self::class,
        };
        return new $class($id, $timestamp, $body, $payload, ctype_digit((string) $attempt) ? (int) $attempt : null, $delivery_id);
    }

    /** @return array<string, mixed> */
    protected function map(string $name): array
    {
        $value = $this->payload[$name] ?? [];
        return $value instanceof \ArrayObject ? $value->getArrayCopy() : (array) $value;
    }
}
