<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Client;
use OpsIQ\Errors\ApiError;
use OpsIQ\Errors\ConfigurationError;
use OpsIQ\Errors\OpsIQError;
use OpsIQ\Http\Answer;
use OpsIQ\Http\Retries;
use OpsIQ\Http\Signature;
use OpsIQ\Json;
use OpsIQ\Secret;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** What goes out and what is made of what comes back, held to the vectors. */
final class RequestsTest extends TestCase
{
    private const SECRET = 'sk_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

    private static function client(Recorder $transport, array $more = []): Client
    {
        return new Client($more + [
            'public_key' => 'pk_test_1', 'secret_key' => self::SECRET, 'http_client' => $transport, 'sleep' => static fn () => null,
        ]);
    }

    public static function signed(): array
    {
        return Vectors::cases('opsiq1', 'good');
    }

    #[DataProvider('signed')]
    public function test_a_request_is_signed_as_the_vector_has_it(array $case): void
    {
        $parts = [$case['ts'], $case['nonce'], $case['key'], $case['method'], $case['path'], $case['query'], $case['idempotency_key'], $case['body']];
        self::assertSame($case['string_to_sign'], Signature::text(...$parts));
        self::assertSame($case['authorization'], Signature::header(new Secret($case['secret']), ...$parts));
    }

    public static function requests(): array
    {
        return Vectors::cases('requests', 'cases');
    }

    #[DataProvider('requests')]
    public function test_a_call_becomes_the_request_of_the_vector(array $case): void
    {
        $transport = new Recorder([new Answer(500, [], '{"retryable": false}')]);
        try {
            Vectors::call(self::client($transport), $case);
            self::fail('nothing was refused');
        } catch (ApiError) {
        }
        [$request] = $transport->sent;
        self::assertSame($case['method'], $request->method);
        self::assertSame($case['path'] . ($case['query'] === '' ? '' : "?$case[query]"), $request->target);
        self::assertSame((string) $case['body'], $request->body);
        self::assertSame($case['body'] !== null, isset($request->headers['Content-Type']));
        self::assertSame($case['idempotent'], isset($request->headers['Idempotency-Key']));
        self::assertSignature($case, $request->headers);
    }

    private static function assertSignature(array $case, array $headers): void
    {
        self::assertSame(1, preg_match('/ts=(\d+),nonce=([\w-]{22}),/', $headers['Authorization'], $found));
        $again = Signature::header(
            new Secret(self::SECRET), (int) $found[1], $found[2], 'pk_test_1', $case['method'], $case['path'], $case['query'],
            $headers['Idempotency-Key'] ?? '', (string) $case['body'],
        );
        self::assertSame($again, $headers['Authorization']);
    }

    public static function refused(): array
    {
        return Vectors::cases('requests', 'refused');
    }

    #[DataProvider('refused')]
    public function test_an_id_that_no_address_carries_is_refused(array $case): void
    {
        $transport = new Recorder([new Answer(500, [], '')]);
        $this->expectException(ConfigurationError::class);
        try {
            Vectors::call(self::client($transport), $case);
        } finally {
            self::assertSame([], $transport->sent);
        }
    }

    public static function retries(): array
    {
        return Vectors::cases('retries', 'cases');
    }

    #[DataProvider('retries')]
    public function test_it_is_sent_again_when_the_vector_says_so(array $case): void
    {
        $file = Vectors::file('retries');
        $answer = isset($case['transport']) ? null : Vectors::answer($case);
        foreach ([0.0, 0.5, 0.999999] as $chance) {
            $retries = new Retries($case['max_retries'] ?? $file['max_retries'], static fn () => $chance);
            $offset = $answer === null || ($case['clock_mended'] ?? false) ? null : $retries->clockOffset($answer, $file['now']);
            self::assertSame($case['clock_offset_s'] ?? null, $offset);
            $pause = $offset === null ? $retries->pause($case['attempt'], $answer, $file['now']) : 0.0;
            self::assertSame($case['retry'], $pause !== null);
            if ($pause !== null) {
                self::assertGreaterThanOrEqual($case['min_s'], $pause);
                self::assertLessThanOrEqual($case['max_s'], $pause);
            } elseif (isset($case['retry_after_s'])) {
                self::assertSame($case['retry_after_s'], ApiError::of($answer, $file['now'], 'GET /v1/me', 'http://127.0.0.1:8080')->retry_after_s);
            }
        }
    }

    public function test_the_pause_is_spread_evenly_over_its_span(): void
    {
        $at = static fn (float $chance) => (new Retries(3, static fn () => $chance))->pause(2, null, 0);
        self::assertSame([0.5, 0.75, 1.0], [$at(0.0), $at(0.5), $at(1.0)]);
    }

    public static function errors(): array
    {
        return Vectors::cases('errors', 'cases');
    }

    #[DataProvider('errors')]
    public function test_an_answer_becomes_the_error_of_the_vector(array $case): void
    {
        $transport = new Recorder([$case]);
        try {
            Vectors::call(self::client($transport, ['max_retries' => 0]), ['call' => Vectors::file('errors')['call'], 'args' => ['a.b']]);
            self::fail('it was no error');
        } catch (OpsIQError $error) {
            self::assertSame('OpsIQ\Errors\\' . $case['class'], $error::class);
            foreach ($case['fields'] as $name => $value) {
                self::assertSame($value, $error->$name, $name);
            }
            self::assertStringNotContainsString('<html>', $error->getMessage());
            self::assertStringNotContainsString('hotel', $error->getMessage());
            if (!is_string($case['problem']['code'] ?? null)) {
                self::assertStringContainsString('http://127.0.0.1:8080', $error->getMessage());
                self::assertStringContainsString('POST /v1/events/fire', $error->getMessage());
            }
        }
    }

    public function test_the_classes_of_errors_are_the_tree_of_the_vector(): void
    {
        foreach (Vectors::file('errors')['tree'] as $class => $parent) {
            $actual = get_parent_class("OpsIQ\\Errors\\$class");
            self::assertSame($parent === null ? \RuntimeException::class : "OpsIQ\\Errors\\$parent", $actual);
        }
    }

    public static function idempotency(): array
    {
        return Vectors::cases('idempotency', 'cases');
    }

    #[DataProvider('idempotency')]
    public function test_a_call_of_several_attempts_keeps_its_key_and_signs_each(array $case): void
    {
        $file = Vectors::file('idempotency');
        $transport = new Recorder($case['answers']);
        $clock = static function () use ($transport, $case): int {
            return $case['clock'][count($transport->sent)];
        };
        $client = self::client($transport, ['clock' => $clock, 'secret_key' => $file['secret_key']]);
        try {
            Vectors::call($client, $case);
            $result = 'ok';
        } catch (OpsIQError $error) {
            $result = substr($error::class, strlen('OpsIQ\Errors\\'));
        }
        $expect = $case['expect'];
        self::assertSame($expect['result'], $result);
        self::assertCount($expect['requests'], $transport->sent);
        $seen = ['ts' => [], 'nonce' => [], 'key' => []];
        foreach ($transport->sent as $request) {
            preg_match('/ts=(\d+),nonce=([\w-]{22}),/', $request->headers['Authorization'], $found);
            $seen['ts'][] = (int) $found[1];
            $seen['nonce'][] = $found[2];
            $seen['key'][] = $request->headers['Idempotency-Key'] ?? null;
            self::assertSignature(['method' => $request->method, 'path' => $request->target, 'query' => '', 'body' => $request->body], $request->headers);
        }
        self::assertSame($expect['ts'], $seen['ts']);
        self::assertSame($seen['nonce'], array_unique($seen['nonce']));
        self::assertCount(1, array_unique($seen['key']));
        if ($expect['key'] === 'made') {
            self::assertMatchesRegularExpression('/\A[A-Za-z0-9_.:-]{16,255}\z/', $seen['key'][0]);
        } else {
            self::assertSame($expect['key'], $seen['key'][0]);
        }
    }

    public function test_a_removal_that_must_answer_something_is_an_error_where_nothing_is_found(): void
    {
        $transport = new Recorder([['transport' => 'dropped'], ['status' => 404, 'headers' => [], 'body' => '{"code":"not_found"}']]);
        $this->expectException(\OpsIQ\Errors\NotFoundError::class);
        self::client($transport)->contracts->retire('saas.fly');
    }

    public function test_any_other_removal_is_done_where_nothing_is_found_any_more_but_nothing_else_is(): void
    {
        $answers = [['transport' => 'dropped'], ['status' => 404, 'headers' => [], 'body' => '{"code":"not_found"}']];
        self::assertNull(self::client(new Recorder($answers))->request('delete', '/v1/rules/rul_1'));
        $this->expectException(\OpsIQ\Errors\NotFoundError::class);
        self::client(new Recorder($answers))->request('GET', '/v1/rules/rul_1');
    }

    public static function keys(): array
    {
        return Vectors::cases('idempotency', 'keys_refused');
    }

    #[DataProvider('keys')]
    public function test_a_key_that_no_request_may_carry_is_refused(array $case): void
    {
        $transport = new Recorder([new Answer(202, [], '{"id":"evt_1","event":"a.b"}')]);
        $this->expectException(ConfigurationError::class);
        try {
            self::client($transport)->events->fire('a.b', [], $case['key']);
        } finally {
            self::assertSame([], $transport->sent);
        }
    }

    public function test_two_calls_have_two_keys(): void
    {
        $transport = new Recorder([new Answer(202, [], '{"id":"evt_1","event":"a.b"}')]);
        $client = self::client($transport);
        $client->events->fire('a.b');
        $client->events->fire('a.b');
        self::assertNotSame($transport->sent[0]->headers['Idempotency-Key'], $transport->sent[1]->headers['Idempotency-Key']);
    }

    public function test_dates_enums_and_floats_are_written_as_the_wire_has_them(): void
    {
        $at = new \DateTimeImmutable('2026-11-24T13:00:00.5+02:00');
        self::assertSame(
            '{"at":"2026-11-24T11:00:00.500000Z","more":{"at":["2026-11-24T11:00:00.500000Z"]},"ten":10.0,"tenth":0.1,"big":9223372036854775807}',
            Json::encode(['at' => $at, 'more' => (object) ['at' => [$at]], 'ten' => 10.0, 'tenth' => 0.1, 'big' => PHP_INT_MAX]),
        );
    }

    public function test_an_old_php_ini_spoils_no_number(): void
    {
        $before = ini_set('serialize_precision', '17');
        try {
            self::assertSame('[0.1]', Json::encode([0.1]));
            self::assertSame('17', ini_get('serialize_precision'));
        } finally {
            ini_set('serialize_precision', (string) $before);
        }
    }

    public function test_what_was_read_is_written_again_as_it_was(): void
    {
        $text = '{"a":{},"b":[],"c":{"d":{},"e":[{}]},"f":1.0,"big":"x"}';
        self::assertSame($text, Json::encode(Json::decode($text)));
        self::assertSame('123456789012345678901234567890', Json::decode('{"n":123456789012345678901234567890}')['n']);
    }

    public static function unsendable(): array
    {
        return [
            'NaN' => [['x' => NAN]], 'infinity' => [['x' => INF]], 'bytes that are no UTF-8' => [['x' => "\xff"]],
            'a list' => [[1, 2]], 'a resource' => [['x' => STDERR]],
        ];
    }

    #[DataProvider('unsendable')]
    public function test_data_that_no_json_holds_is_refused_before_anything_is_sent(array $data): void
    {
        $transport = new Recorder([new Answer(500, [], '')]);
        $this->expectException(ConfigurationError::class);
        try {
            self::client($transport)->events->fire('a.b', $data);
        } finally {
            self::assertSame([], $transport->sent);
        }
    }
}
