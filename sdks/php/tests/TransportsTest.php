<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use GuzzleHttp\Psr7\HttpFactory;
use OpsIQ\Client;
use OpsIQ\Errors\ApiError;
use OpsIQ\Errors\ConfigurationError;
use OpsIQ\Errors\TimedOutError;
use OpsIQ\Errors\TransportError;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** PHP's curl and Guzzle as a PSR-18 client against a real HTTP server (PHP's own), which says what it received. */
final class TransportsTest extends TestCase
{
    private const KEYS = ['public_key' => 'pk_test_1', 'secret_key' => 'sk_test_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'];

    private static string $url;
    /** @var resource */
    private static $server;

    public static function setUpBeforeClass(): void
    {
        [self::$server, self::$url] = self::served('-S', '%address', __DIR__ . '/echo.php');
    }

    /** @return array{resource, string} a process of PHP with these arguments, and the address it listens on */
    private static function served(string ...$arguments): array
    {
        $probe = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($probe, false);
        fclose($probe);
        $command = array_map(static fn ($each) => strtr($each, ['%address' => $address, '%port' => substr($address, 10)]), $arguments);
        $process = proc_open(['php', ...$command], [['file', '/dev/null', 'r'], ['file', '/dev/null', 'w'], ['file', '/dev/null', 'w']], $_);
        for ($tries = 0; $tries < 300 && !@stream_socket_client("tcp://$address"); $tries++) {
            usleep(50_000);
        }
        return [$process, "http://$address"];
    }

    public static function tearDownAfterClass(): void
    {
        proc_terminate(self::$server);
        proc_close(self::$server);
    }

    public static function transports(): array
    {
        return [
            'curl' => [fn () => []],
            'Guzzle' => [fn () => ['http_client' => new \GuzzleHttp\Client(['timeout' => 20, 'connect_timeout' => 5])]],
            'Guzzle with factories' => [fn () => [
                'http_client' => new \GuzzleHttp\Client(['timeout' => 20]), 'request_factory' => new HttpFactory(), 'stream_factory' => new HttpFactory(),
            ]],
        ];
    }

    private static function client(\Closure $transport, array $more = []): Client
    {
        return new Client($more + $transport() + self::KEYS + ['base_url' => self::$url, 'sleep' => static fn () => null, 'max_retries' => 0]);
    }

    #[DataProvider('transports')]
    public function test_the_bytes_arrive_as_they_were_signed(\Closure $transport): void
    {
        $client = self::client($transport, ['app' => 'my-shop/2.1']);
        $seen = $client->request('POST', '/v1/a%2Fb/%C3%A9', ['q' => 'a b&c=é~*', 'list' => ['x', 'y']], ['name' => 'Zoë', 'url' => '/', 'none' => null], 'key-1');
        self::assertSame('POST', $seen['method']);
        self::assertSame('/v1/a%2Fb/%C3%A9?q=a%20b%26c%3D%C3%A9~%2A&list=x&list=y', $seen['target']);
        self::assertSame('{"name":"Zoë","url":"/","none":null}', $seen['body']);
        $headers = $seen['headers'];
        self::assertMatchesRegularExpression('#\Aopsiq-php/' . preg_quote(Client::VERSION) . ' php/8\.\d+ my-shop/2\.1\z#', $headers['user-agent']);
        self::assertSame(['application/json', 'application/json', 'key-1'], [$headers['content-type'], $headers['accept'], $headers['idempotency-key']]);
        self::assertStringStartsWith('OPSIQ1-HMAC-SHA256 key=pk_test_1,ts=', $headers['authorization']);
        $known = ['host', 'user-agent', 'accept', 'authorization', 'idempotency-key', 'content-type', 'content-length', ...$transport() === [] ? [] : ['connection']];
        self::assertSame([], array_diff(array_keys($headers), $known));
    }

    public function test_a_path_that_would_be_rewritten_on_its_way_is_refused(): void
    {
        foreach (['v1/me', '/v1/../me', '/v1/%2E%2e/me', '/v1/.', '/v1/me?x=1', '/v1/a b', "/v1/a\n"] as $path) {
            try {
                self::client(fn () => [])->request('GET', $path);
                self::fail($path);
            } catch (ConfigurationError $error) {
                self::assertStringContainsString('path', $error->getMessage());
            }
        }
    }

    #[DataProvider('transports')]
    public function test_a_read_sends_neither_body_nor_key(\Closure $transport): void
    {
        $seen = self::client($transport)->request('GET', '/v1/x');
        self::assertSame('', $seen['body']);
        self::assertArrayNotHasKey('content-type', $seen['headers']);
        self::assertArrayNotHasKey('idempotency-key', $seen['headers']);
    }

    #[DataProvider('transports')]
    public function test_a_post_without_a_body_has_a_length(\Closure $transport): void
    {
        $seen = self::client($transport)->request('POST', '/v1/x');
        self::assertSame(['', '0'], [$seen['body'], $seen['headers']['content-length'] ?? '0']);
    }

    #[DataProvider('transports')]
    public function test_a_redirect_is_not_followed_and_an_error_is_read(\Closure $transport): void
    {
        $client = self::client($transport);
        foreach ([307 => null, 404 => 'not_found'] as $status => $code) {
            try {
                $client->request('GET', '/v1/answer', ['status' => $status]);
                self::fail('it was a success');
            } catch (ApiError $error) {
                self::assertSame([$status, $code, 'req_1'], [$error->status, $error->code, $error->request_id]);
            }
        }
    }

    #[DataProvider('transports')]
    public function test_a_big_body_goes_both_ways(\Closure $transport): void
    {
        $seen = self::client($transport)->request('POST', '/v1/x', [], ['text' => str_repeat('é', 1_000_000)]);
        self::assertSame(strlen('{"text":""}') + 2_000_000, strlen($seen['body']));
        if ($transport() === []) {
            self::assertArrayNotHasKey('expect', $seen['headers']); // Guzzle asks by itself
        }
    }

    #[DataProvider('transports')]
    public function test_nobody_there_and_a_dropped_connection_are_transport_errors(\Closure $transport): void
    {
        $probe = stream_socket_server('tcp://127.0.0.1:0');
        $nowhere = 'http://' . stream_socket_get_name($probe, false);
        fclose($probe);
        foreach ([[$nowhere, '/v1/x'], [self::$url, '/v1/drop']] as [$url, $path]) {
            try {
                self::client($transport, ['base_url' => $url])->request('GET', $path);
                self::fail('somebody answered');
            } catch (TransportError $error) {
                self::assertNotInstanceOf(TimedOutError::class, $error);
                self::assertNull($error->request_id);
            }
        }
    }

    public function test_curl_has_its_time_limit(): void
    {
        $this->expectException(TimedOutError::class);
        self::client(fn () => ['timeout_s' => 0.3])->request('GET', '/v1/slow');
    }

    public function test_an_attempt_takes_no_longer_than_the_deadline_leaves(): void
    {
        $this->expectException(TimedOutError::class);
        self::client(fn () => ['deadline_s' => 0.3])->request('GET', '/v1/slow');
    }

    public function test_the_deadline_ends_a_call_however_many_retries_are_left(): void
    {
        $slept = [];
        $client = self::client(fn () => [], [
            'deadline_s' => 100, 'max_retries' => 1, 'sleep' => static function (float $s) use (&$slept): void {
                $slept[] = $s;
            },
        ]);
        try {
            $client->request('GET', '/v1/answer', ['status' => 503, 'after' => 59]);
            self::fail('it was a success');
        } catch (ApiError $error) {
            self::assertSame(503, $error->status);
        }
        self::assertSame([59.0], $slept);
        $client = self::client(fn () => ['deadline_s' => 5, 'max_retries' => 9, 'sleep' => static fn () => self::fail('it slept')]);
        $this->expectException(ApiError::class);
        $client->request('GET', '/v1/answer', ['status' => 503, 'after' => 59]);
    }

    /** curl and what is built on it send a request again by themselves when a kept connection dies: the same bytes with the same nonce. */
    #[DataProvider('transports')]
    public function test_nothing_below_sends_a_request_twice(\Closure $transport): void
    {
        $log = tempnam(sys_get_temp_dir(), 'opsiq');
        [$server, $url] = self::served(__DIR__ . '/losing.php', '%port', $log);
        try {
            $client = self::client($transport, ['base_url' => $url, 'max_retries' => 3]);
            for ($n = 0; $n < 4; $n++) {
                $client->request($n % 2 ? 'GET' : 'POST', '/v1/x');
            }
            $nonces = file($log, FILE_IGNORE_NEW_LINES);
        } finally {
            proc_terminate($server);
            proc_close($server);
            unlink($log);
        }
        self::assertGreaterThanOrEqual(4, count($nonces));
        self::assertSame($nonces, array_values(array_unique($nonces)));
    }

    public static function wrong(): array
    {
        return [
            'no keys' => [['public_key' => false, 'secret_key' => false]],
            'no secret' => [['secret_key' => null]],
            'an unknown option' => [['timeout' => 3]],
            'a path in the address' => [['base_url' => 'https://opsiq.example/api']],
            'no scheme' => [['base_url' => 'opsiq.example']],
            'a name and password in the address' => [['base_url' => 'https://a:b@opsiq.example']],
            'a negative time' => [['timeout_s' => -1]],
            'retries that are no number' => [['max_retries' => '3']],
            'a client that is none' => [['http_client' => new \stdClass()]],
            'a logger that is none' => [['logger' => 'nothing of the kind']],
            'a line break in the user agent' => [['app' => "a\r\nX: y"]],
        ];
    }

    #[DataProvider('wrong')]
    public function test_an_option_that_can_not_be_used_is_named(array $options): void
    {
        $this->expectException(ConfigurationError::class);
        $this->expectExceptionMessageMatches('/' . implode('|', [...array_keys($options), 'option timeout']) . '/');
        new Client($options + self::KEYS);
    }

    public function test_the_keys_come_from_the_environment_where_neither_is_given(): void
    {
        $key = static fn (array $options = []) => (new Client($options))->__debugInfo()['public_key'];
        $before = [getenv('OPSIQ_KEY'), getenv('OPSIQ_SECRET')];
        putenv('OPSIQ_KEY=pk_test_env');
        putenv('OPSIQ_SECRET=' . self::KEYS['secret_key']);
        try {
            self::assertSame('pk_test_env', $key());
            self::assertSame('pk_test_1', $key(self::KEYS));
            $this->expectException(ConfigurationError::class);
            $this->expectExceptionMessage('secret_key');
            $key(['public_key' => 'pk_test_1']);
        } finally {
            putenv($before[0] === false ? 'OPSIQ_KEY' : "OPSIQ_KEY=$before[0]");
            putenv($before[1] === false ? 'OPSIQ_SECRET' : "OPSIQ_SECRET=$before[1]");
        }
    }

    public function test_the_address_comes_from_the_environment_where_none_is_given(): void
    {
        $address = static fn (array $more = []) => (new Client($more + self::KEYS))->__debugInfo()['base_url'];
        $before = getenv('OPSIQ_URL');
        putenv('OPSIQ_URL');
        self::assertSame('http://127.0.0.1:8080', $address());
        putenv('OPSIQ_URL=https://opsiq.example/');
        self::assertSame('https://opsiq.example', $address());
        self::assertSame('http://[::1]:8080', $address(['base_url' => 'http://[::1]:8080']));
        putenv($before === false ? 'OPSIQ_URL' : "OPSIQ_URL=$before");
    }
}
