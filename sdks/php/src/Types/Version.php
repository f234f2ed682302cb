<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Version extends Type
{
    /**
     * @param string $created_at RFC 3339
     * @param string $changed_at RFC 3339
     */
    public function __construct(
        public readonly int $version,
        public readonly string $digest,
        public readonly string $state,
        public readonly string $registered_by,
        public readonly string $created_at,
        public readonly string $changed_at,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['version'] ?? null,
            $data['digest'] ?? null,
            $data['state'] ?? null,
            $data['registered_by'] ?? null,
            $data['created_at'] ?? null,
            $data['changed_at'] ?? null,
        );
    }
}
