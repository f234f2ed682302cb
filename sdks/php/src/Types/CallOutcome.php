<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class CallOutcome extends Type
{
    /**
     * Outcome of one call. `unknown` means that it may have happened, since no answer came. `answer` is up to 64 KiB of the body as
     * text.
     *
     * @param 'planned'|'begun'|'succeeded'|'failed'|'unknown'|'skipped' $state
     */
    public function __construct(
        public readonly string $call_id,
        public readonly string $state,
        public readonly ?int $status,
        public readonly ?string $answer,
        public readonly string $detail,
        public readonly int $attempts,
        public readonly float $duration_ms,
        public readonly ?bool $result_fits,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['call_id'] ?? null,
            $data['state'] ?? null,
            $data['status'] ?? null,
            $data['answer'] ?? null,
            $data['detail'] ?? '',
            $data['attempts'] ?? 0,
            $data['duration_ms'] ?? 0.0,
            $data['result_fits'] ?? null,
        );
    }
}
