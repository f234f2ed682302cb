<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Card extends Type
{
    /**
     * The card: exactly what will be sent, where, and the source of each value. Confirm it by its `digest`. `held` says why it must be
     * confirmed. `confirm_by` says who may confirm it: `person` means somebody signed in to the console, and no API key. `drift` lists
     * the changes since the previous card.
     *
     * @param list<string> $held
     * @param 'anyone'|'person' $confirm_by
     * @param list<Approval> $approvals
     * @param list<string> $drift
     * @param list<Call> $calls
     */
    public function __construct(
        public readonly string $digest,
        public readonly array $held,
        public readonly string $confirm_by,
        public readonly int $approvals_needed,
        public readonly array $approvals,
        public readonly array $drift,
        public readonly array $calls,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['digest'] ?? null,
            $data['held'] ?? null,
            $data['confirm_by'] ?? 'anyone',
            $data['approvals_needed'] ?? null,
            self::all(Approval::class, $data['approvals'] ?? null),
            $data['drift'] ?? null,
            self::all(Call::class, $data['calls'] ?? null),
        );
    }
}
