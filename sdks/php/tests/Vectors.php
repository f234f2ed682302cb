<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Errors\TimedOutError;
use OpsIQ\Errors\TransportError;
use OpsIQ\Http\Answer;
use OpsIQ\Json;

/** The files of tests/vectors, which the server and the other SDKs read too. */
final class Vectors
{
    public static function file(string $name): array
    {
        return Json::decode((string) file_get_contents(dirname(__DIR__, 3) . "/tests/vectors/$name.json"));
    }

    /** @return array<string, array{array}> for a data provider */
    public static function cases(string $file, string ...$path): array
    {
        $cases = self::file($file);
        foreach ($path as $name) {
            $cases = $cases[$name];
        }
        return array_combine(array_column($cases, 'name'), array_map(static fn (array $case) => [$case], $cases));
    }

    /** What came, as a case describes it. */
    public static function answer(array $case): Answer
    {
        if (isset($case['transport'])) {
            throw $case['transport'] === 'timeout' ? new TimedOutError('too slow') : new TransportError($case['transport']);
        }
        $body = isset($case['problem']) ? Json::encode($case['problem']) : $case['body'];
        $headers = $case['headers'] instanceof \ArrayObject ? [] : $case['headers'];
        return new Answer($case['status'], array_change_key_case($headers), $body);
    }

    /** Make the call of a case on a client; a list is walked to its end, or as far as `$take` items. */
    public static function call(object $client, array $case, ?int $take = null): mixed
    {
        $path = explode('.', $case['call']);
        $method = array_pop($path);
        foreach ($path as $name) {
            $client = $client->$name;
        }
        $arguments = $case['args'];
        $options = (array) ($case['options'] ?? []);
        if (in_array($case['call'], ['tickets.list', 'webhooks.deliveries.list', 'webhooks.endpoints.update'], true)) {
            $named = $case['call'] === 'tickets.list' ? ['limit' => true, 'cursor' => true] : [];
            $arguments[] = array_diff_key($options, $named); // filters and changes are one array in PHP
            $options = array_intersect_key($options, $named);
        }
        $answer = $client->$method(...$arguments, ...$options);
        if (!$answer instanceof \Generator) {
            return $answer;
        }
        $items = [];
        while ($answer->valid() && ($take === null || count($items) < $take)) {
            $items[] = $answer->current();
            if (count($items) !== $take) {
                $answer->next();
            }
        }
        return $items;
    }
}
