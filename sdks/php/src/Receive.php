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
    ) {}

    /** @internal of what is verified: an Event, an ActionCall, or a Message that is neither */
    public static function read(string $id, int $timestamp, string $body, ?string $attempt, ?string $delivery_id): self
    {
        try {
            $payload = Json::decode($body);
        } catch (\JsonException) {
            $payload = null;
        }
        $class = self::kind(json_decode($body), $id);
        return new $class($id, $timestamp, $body, is_array($payload) ? $payload : [], ctype_digit((string) $attempt) ? (int) $attempt : null, $delivery_id);
    }

    /**
     * By the signed body alone: headers are not signed. With all the members of docs/reference/wire.md §2, and the id of the header.
     *
     * @return class-string<self>
     */
    private static function kind(mixed $body, string $id): string
    {
        $call = $body instanceof \stdClass && property_exists($body, 'action');
        $shape = $call
            ? ['action' => is_string(...), 'params' => is_object(...), 'actor' => is_object(...), 'contract_version' => is_int(...), 'run_id' => is_string(...), 'workspace' => is_string(...)]
            : ['type' => is_string(...), 'timestamp' => is_string(...), 'data' => is_object(...)];
        foreach ($shape as $name => $fits) {
            if (!$fits($body->$name ?? null)) {
                return self::class;
            }
        }
        return ($body->id ?? null) !== $id ? self::class : ($call ? ActionCall::class : Event::class);
    }

    /** @return array<string, mixed> */
    protected function map(string $name): array
    {
        $value = $this->payload[$name] ?? [];
        return $value instanceof \ArrayObject ? $value->getArrayCopy() : (array) $value;
    }
}

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

/** What a receiver remembers, so that each message is acted upon once however often it comes. */
interface Store
{
    /**
     * What `$act` answered for this id: now, if it is the first time, else then. Nothing is kept when `$act` throws. Of two at the same
     * time one waits for the other.
     *
     * @param string $fingerprint of the message's body
     * @param \Closure(): Reply $act
     * @throws OtherBody the id stands for another body
     */
    public function once(string $id, string $fingerprint, \Closure $act): Reply;
}

/** An id that was used comes with another body. */
final class OtherBody extends \RuntimeException {}

/** What to answer OpsIQ. */
final class Reply
{
    /** @param array<string, string> $headers */
    public function __construct(public readonly int $status = 204, public readonly string $body = '', public readonly array $headers = []) {}

    /** 200 with JSON; 204 for null. */
    public static function of(mixed $result): self
    {
        return match (true) {
            $result instanceof self => $result,
            $result === null => new self(),
            default => new self(200, Json::encode($result), ['Content-Type' => 'application/json']),
        };
    }

    public static function problem(int $status, string $code, string $detail): self
    {
        $body = ['type' => 'about:blank', 'status' => $status, 'code' => $code, 'detail' => $detail];
        return new self($status, Json::encode($body), ['Content-Type' => 'application/problem+json']);
    }

    /** @param array<string, string> $headers */
    public function with(array $headers): self
    {
        return new self($this->status, $this->body, $headers + $this->headers);
    }

    /** For plain PHP. */
    public function send(): void
    {
        http_response_code($this->status);
        foreach ($this->headers as $name => $value) {
            header("$name: $value");
        }
        echo $this->body;
    }
}
