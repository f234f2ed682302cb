<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Param extends Type
{
    /**
     * One value of a call: as sent (`value`), as people read it (`shown`), and its origin (`source`).
     */
    public function __construct(
        public readonly string $name,
        public readonly string $label,
        public readonly mixed $value,
        public readonly string $shown,
        public readonly ComputedSource|DefaultSource|GivenSource|PromptSource|ProposedSource|RecordSource $source,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['label'] ?? null,
            $data['value'] ?? null,
            $data['shown'] ?? null,
            self::oneOf(['computed' => ComputedSource::class, 'default' => DefaultSource::class, 'given' => GivenSource::class, 'prompt' => PromptSource::class, 'proposed' => ProposedSource::class, 'record' => RecordSource::class], 'kind', $data['source'] ?? null),
        );
    }
}
