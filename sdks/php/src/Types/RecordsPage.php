<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class RecordsPage extends Type
{
    /**
     * The records behind an answer, as they are now. `count` is the total, and `next` the `start` of the next page.
     *
     * @param list<Candidate> $data
     */
    public function __construct(
        public readonly array $data,
        public readonly ?int $count,
        public readonly ?int $next,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            self::all(Candidate::class, $data['data'] ?? null),
            $data['count'] ?? null,
            $data['next'] ?? null,
        );
    }
}
