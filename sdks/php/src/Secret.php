<?php

declare(strict_types=1);

namespace OpsIQ;

/** A secret that no dump, print, export, cast or log can show: the object itself holds nothing. */
final class Secret implements \JsonSerializable
{
    /** @var \WeakMap<self, string>|null */
    private static ?\WeakMap $values = null;

    public function __construct(#[\SensitiveParameter] string $value)
    {
        self::$values ??= new \WeakMap();
        self::$values[$this] = $value;
    }

    public function reveal(): string
    {
        return self::$values[$this];
    }

    public function __toString(): string
    {
        return '(secret)';
    }

    public function jsonSerialize(): string
    {
        return '(secret)';
    }

    public function __serialize(): array
    {
        throw new \LogicException('A secret is not serialised. Keep it in the environment and make the object anew.');
    }

    public function __clone()
    {
        throw new \LogicException('A secret is not copied.');
    }
}
