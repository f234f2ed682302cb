<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Question extends Type
{
    /**
     * The open question of a run in the state `asked`. Answer its `slot` with a candidate's id or in words.
     *
     * @param 'ambiguous'|'missing'|'not_found'|'unclear_action'|'unreadable' $code
     * @param list<string> $missing
     * @param list<Candidate> $candidates
     */
    public function __construct(
        public readonly string $slot,
        public readonly string $code,
        public readonly string $text,
        public readonly array $missing,
        public readonly bool $free_text,
        public readonly array $candidates,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['slot'] ?? null,
            $data['code'] ?? null,
            $data['text'] ?? null,
            $data['missing'] ?? null,
            $data['free_text'] ?? null,
            self::all(Candidate::class, $data['candidates'] ?? null),
        );
    }
}
