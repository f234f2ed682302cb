<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Reply extends Type
{
    /**
     * The answer of a run in the state `answered`, computed by code from records. `values` are the requested values, days in ISO 8601.
     * `records` are the records behind the answer (one page; `count` is the total). `actions` are the names of actions that fit these
     * records. `partial`: the question isn't understood, and the text tells only what is known of what it names. `as_of`: when the
     * oldest copy among the records was read from its platform, null if the platform was asked.
     *
     * @param list<Candidate> $records
     * @param list<string> $values
     * @param list<string> $actions
     * @param string|null $as_of RFC 3339
     */
    public function __construct(
        public readonly string $text,
        public readonly ?string $record_kind,
        public readonly array $records,
        public readonly ?int $count,
        public readonly array $values,
        public readonly array $actions,
        public readonly bool $partial,
        public readonly ?string $as_of,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['text'] ?? null,
            $data['record_kind'] ?? null,
            self::all(Candidate::class, $data['records'] ?? null),
            $data['count'] ?? null,
            $data['values'] ?? null,
            $data['actions'] ?? null,
            $data['partial'] ?? null,
            $data['as_of'] ?? null,
        );
    }
}
