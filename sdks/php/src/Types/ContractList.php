<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class ContractList extends Type
{
    /**
     * @param list<ContractSummary> $data
     */
    public function __construct(
        public readonly array $data,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            self::all(ContractSummary::class, $data['data'] ?? null),
        );
    }
}
