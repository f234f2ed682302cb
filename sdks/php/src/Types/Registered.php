<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** Made from the OpenAPI document by scripts/types.php: don't edit. */
final class Registered extends Type
{
    /**
     * A registered version. `fresh` is false if this exact version was in force before. `secret` is new, for the endpoint's origin: it
     * signs the calls to that origin and is shown only once.
     */
    public function __construct(
        public readonly string $name,
        public readonly int $version,
        public readonly string $digest,
        public readonly bool $fresh,
        public readonly ?string $secret,
    ) {
    }

    public static function from(mixed $data): static
    {
        return new static(
            $data['name'] ?? null,
            $data['version'] ?? null,
            $data['digest'] ?? null,
            $data['fresh'] ?? null,
            $data['secret'] ?? null,
        );
    }
}
