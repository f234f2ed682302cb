<?php

declare(strict_types=1);

namespace OpsIQ\Types;

/** An answer, member for member as the API reference has it. It is written as JSON as it was read. */
abstract class Type implements \JsonSerializable
{
    /** Members whose keys are data. */
    protected const MAPS = [];

    /** @throws \TypeError for data of another form */
    abstract public static function from(mixed $data): static;

    /** @return array<string, mixed> */
    public function jsonSerialize(): array
    {
        $values = get_object_vars($this);
        foreach (static::MAPS as $name) {
            $values[$name] = (object) $values[$name];
        }
        return $values;
    }

    /** What var_dump and print_r show: a secret that an answer brings is read on purpose, not by the way. */
    public function __debugInfo(): array
    {
        return (isset($this->secret) ? ['secret' => '(secret)'] : []) + get_object_vars($this);
    }

    /** @return array<string, mixed>|null null for what the constructor shall refuse, here as below */
    final protected static function map(mixed $value): ?array
    {
        return $value instanceof \ArrayObject ? $value->getArrayCopy() : (is_array($value) ? $value : null);
    }

    /** @param class-string<self> $type */
    final protected static function maybe(string $type, mixed $value): ?self
    {
        return $value === null ? null : $type::from($value);
    }

    /**
     * @param class-string<self> $type
     * @return list<self>|null
     */
    final protected static function all(string $type, mixed $value): ?array
    {
        return is_array($value) ? array_map($type::from(...), array_values($value)) : null;
    }

    /** @param array<string, class-string<self>> $types by the member `$tag` */
    final protected static function oneOf(array $types, string $tag, mixed $value): ?self
    {
        $type = $types[$value[$tag] ?? ''] ?? null;
        return $type === null ? null : $type::from($value);
    }
}
