<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class PromptSource extends Type
{
    /**
     * A value from the person's words. `reading` says how it was read, if that isn't obvious ("next Friday → 2026-12-04"). `read_by`
     * is `code` if code reads this exact value from the words, and `model` if only a model does: then a person must see it first.
     *
     * @param list<Span> $spans
     * @param 'code'|'model' $read_by
     */
    public function __construct(
        public readonly string $kind,
        public readonly array $spans,
        public readonly string $reading,
        public readonly string $read_by,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['kind'] ?? 'prompt',
            self::all(Span::class, $data['spans'] ?? null),
            $data['reading'] ?? '',
            $data['read_by'] ?? 'code',
        );
    }
}
