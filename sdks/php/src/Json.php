<?php

declare(strict_types=1);

namespace OpsIQ;

use OpsIQ\Errors\ConfigurationError;

/** JSON as the wire has it: nothing escaped needlessly, integers and floats kept, empty objects kept apart from empty lists. */
final class Json
{
    private const FLAGS = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_PRESERVE_ZERO_FRACTION
        | JSON_THROW_ON_ERROR;

    /** Dates become RFC 3339. An empty PHP array is an empty list; write `new \stdClass` for an empty object. */
    public static function encode(mixed $value): string
    {
        $precision = ini_get('serialize_precision');
        $precision === '-1' || ini_set('serialize_precision', '-1'); // a php.ini of old would write 0.1 as 0.10000000000000001
        try {
            return json_encode(self::wire($value), self::FLAGS);
        } catch (\JsonException $error) {
            throw new ConfigurationError('This can\'t be sent as JSON: ' . $error->getMessage() . '.', previous: $error);
        } finally {
            $precision === '-1' || ini_set('serialize_precision', (string) $precision);
        }
    }

    /** An object whose members the caller names: `[]` is `{}`, and a list is a mistake; so too the member `$inner`, where it is there. */
    public static function object(array|object|null $value, string $name, ?string $inner = null): ?object
    {
        if (is_array($value) && $value !== [] && array_is_list($value)) {
            throw new ConfigurationError("$name must be an array with names as keys, not a list.");
        }
        if ($inner !== null && is_array($value) && is_array($value[$inner] ?? null)) {
            $value[$inner] = self::object($value[$inner], $inner);
        }
        return $value === null ? null : (object) $value;
    }

    /**
     * Objects as arrays, except that an empty object inside stays one (an empty ArrayObject, which reads like an array and is written
     * back as `{}`). Integers beyond PHP's come as strings of digits.
     *
     * @throws \JsonException
     */
    public static function decode(string $text): mixed
    {
        $flags = JSON_THROW_ON_ERROR | JSON_BIGINT_AS_STRING;
        if (!preg_match('/\{\s*\}/', $text)) {
            return json_decode($text, true, 512, $flags); // where no object is empty, arrays lose nothing
        }
        $value = json_decode($text, false, 512, $flags);
        return $value instanceof \stdClass ? array_map(self::plain(...), (array) $value) : self::plain($value);
    }

    /** `$text` as OpsIQ writes what it signs (RFC 8785, but for rare numbers); null where it is no JSON. */
    public static function canonical(string $text): ?string
    {
        try {
            return json_encode(self::sorted(json_decode($text, false, 512, JSON_THROW_ON_ERROR)), self::FLAGS & ~JSON_PRESERVE_ZERO_FRACTION);
        } catch (\JsonException) {
            return null;
        }
    }

    private static function sorted(mixed $value): mixed
    {
        if (is_array($value)) {
            return array_map(self::sorted(...), $value);
        }
        if ($value instanceof \stdClass) {
            $value = array_map(self::sorted(...), (array) $value);
            ksort($value, SORT_STRING);
            return (object) $value;
        }
        return $value;
    }

    private static function plain(mixed $value): mixed
    {
        if ($value instanceof \stdClass) {
            $value = (array) $value;
            return $value === [] ? new \ArrayObject() : array_map(self::plain(...), $value);
        }
        return is_array($value) ? array_map(self::plain(...), $value) : $value;
    }

    /** `$value` with dates as the wire has them, in UTC. */
    private static function wire(mixed $value): mixed
    {
        if ($value instanceof \DateTimeInterface) {
            return self::time($value);
        }
        if (!is_array($value) && !$value instanceof \stdClass) {
            return $value;
        }
        $wired = [];
        foreach ($value as $name => $each) {
            $wired[$name] = is_scalar($each) ? $each : self::wire($each);
        }
        return is_array($value) ? $wired : (object) $wired;
    }

    public static function time(\DateTimeInterface $at): string
    {
        return \DateTimeImmutable::createFromInterface($at)->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.u\Z');
    }
}
