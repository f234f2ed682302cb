<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
class Run extends Type
{
    /**
     * One request from its words (or given values) to the outcome. Rendered prompts and raw responses are not included: owners find them
     * in AI History. `thread_id` is the first request of its thread. `mode` is `test` if a test key made the request: then nothing is
     * ever sent. `repeats` says so if the same person had the very same done right before.
     *
     * @param 'live'|'test' $mode
     * @param 'received'|'asked'|'held'|'confirmed'|'executing'|'succeeded'|'failed'|'unknown'|'answered'|'refused'|'abstained'|'rejected'|'expired' $state
     * @param 'admin'|'customer'|'writing' $surface
     * @param string $created_at RFC 3339
     * @param string $updated_at RFC 3339
     * @param string|null $expires_at RFC 3339
     * @param list<CallOutcome> $outcomes
     */
    final public function __construct(
        public readonly string $id,
        public readonly string $thread_id,
        public readonly string $mode,
        public readonly string $state,
        public readonly string $text,
        public readonly string $surface,
        public readonly ?Cause $cause,
        public readonly Actor $actor,
        public readonly string $created_at,
        public readonly string $updated_at,
        public readonly ?string $expires_at,
        public readonly ?Question $question,
        public readonly ?Reply $reply,
        public readonly ?Card $card,
        public readonly ?Edit $edit,
        public readonly string $repeats,
        public readonly ?Refusal $refusal,
        public readonly ?string $reason,
        public readonly array $outcomes,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['id'] ?? null,
            $data['thread_id'] ?? '',
            $data['mode'] ?? 'live',
            $data['state'] ?? null,
            $data['text'] ?? null,
            $data['surface'] ?? null,
            self::maybe(Cause::class, $data['cause'] ?? null),
            Actor::from($data['actor'] ?? null),
            $data['created_at'] ?? null,
            $data['updated_at'] ?? null,
            $data['expires_at'] ?? null,
            self::maybe(Question::class, $data['question'] ?? null),
            self::maybe(Reply::class, $data['reply'] ?? null),
            self::maybe(Card::class, $data['card'] ?? null),
            self::maybe(Edit::class, $data['edit'] ?? null),
            $data['repeats'] ?? '',
            self::maybe(Refusal::class, $data['refusal'] ?? null),
            $data['reason'] ?? null,
            self::all(CallOutcome::class, $data['outcomes'] ?? null),
        );
    }
}
