<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class ContractSummary extends Type
{
    /**
     * @param list<string> $roles
     * @param list<string> $surfaces
     */
    public function __construct(
        public readonly string $name,
        public readonly int $version,
        public readonly string $digest,
        public readonly string $title,
        public readonly string $description,
        public readonly string $risk,
        public readonly string $policy,
        public readonly string $confirm_by,
        public readonly array $roles,
        public readonly array $surfaces,
        public readonly Signature $signature,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['version'] ?? null,
            $data['digest'] ?? null,
            $data['title'] ?? null,
            $data['description'] ?? null,
            $data['risk'] ?? null,
            $data['policy'] ?? null,
            $data['confirm_by'] ?? '',
            $data['roles'] ?? null,
            $data['surfaces'] ?? null,
            Signature::from($data['signature'] ?? null),
        );
    }
}
