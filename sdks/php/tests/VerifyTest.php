<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use GuzzleHttp\Psr7\ServerRequest;
use OpsIQ\Errors\ConfigurationError;
use OpsIQ\Errors\WebhookVerificationError;
use OpsIQ\Receive\ActionCall;
use OpsIQ\Receive\Event;
use OpsIQ\Receive\Verifier;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Who is let in and who is not, held to the vectors, in the shapes in which PHP's frameworks hand requests over. */
final class VerifyTest extends TestCase
{
    private static function body(array $case): string
    {
        return $case['body'] ?? base64_decode($case['body_base64'], true);
    }

    private static function verifier(array $case, ?callable $first = null): Verifier
    {
        $file = Vectors::file('verify');
        return new Verifier($case['secrets'], $case['tolerance_s'] ?? $file['tolerance_s'], $first, static fn () => $file['now']);
    }

    public static function good(): array
    {
        return Vectors::cases('verify', 'good');
    }

    public static function bad(): array
    {
        return Vectors::cases('verify', 'bad');
    }

    #[DataProvider('good')]
    public function test_a_good_message_is_let_in(array $case): void
    {
        $message = self::verifier($case)->verify(self::body($case), $case['headers']);
        self::assertSame($case['id'], $message->id);
        self::assertSame(self::body($case), $message->body);
    }

    #[DataProvider('bad')]
    public function test_a_bad_message_is_refused_with_its_reason(array $case): void
    {
        try {
            self::verifier($case)->verify(self::body($case), $case['headers']);
            self::fail('it was let in');
        } catch (WebhookVerificationError $error) {
            self::assertSame($case['reason'], $error->reason);
            self::assertStringNotContainsString('whsec_', $error->getMessage());
        }
    }

    public function test_the_vectors_of_the_server_verify_too(): void
    {
        $file = Vectors::file('webhook');
        foreach ($file['good'] as $case) {
            $headers = ['webhook-id' => $case['id'], 'webhook-timestamp' => (string) $case['timestamp'], 'webhook-signature' => $case['signature']];
            $verifier = new Verifier($case['secrets'], clock: static fn () => $case['timestamp']);
            self::assertSame($case['id'], $verifier->verify($case['body'], $headers)->id);
        }
        foreach ($file['bad']['cases'] as $case) {
            try {
                (new Verifier($file['bad']['secrets'], clock: static fn () => $file['bad']['now']))->verify($file['bad']['body'], $case['headers']);
                self::fail($case['name']);
            } catch (WebhookVerificationError) {
            }
        }
    }

    public static function secrets(): array
    {
        $more = [[['name' => 'none at all', 'secret' => []]], [['name' => 'an unset variable', 'secret' => false]], [['name' => 'null', 'secret' => null]]];
        return [...Vectors::cases('verify', 'secrets_refused'), ...$more];
    }

    #[DataProvider('secrets')]
    public function test_a_secret_that_is_none_is_refused_and_not_quoted(array $case): void
    {
        try {
            new Verifier($case['secret']);
            self::fail('it was taken');
        } catch (ConfigurationError $error) {
            self::assertMatchesRegularExpression('/secret/', $error->getMessage());
            $secret = is_string($case['secret']) ? substr($case['secret'], 6, 12) : '';
            foreach ($secret === '' ? [] : array_filter($error->getTrace(), static fn ($frame) => ($frame['class'] ?? '') !== self::class) as $frame) {
                if (str_starts_with($frame['class'] ?? '', 'PHPUnit')) {
                    break;
                }
                self::assertStringNotContainsString($secret, $error->getMessage() . print_r($frame, true));
            }
        }
    }

    /** The first good message, and one change of it. */
    private static function message(): array
    {
        $case = Vectors::file('verify')['good'][2];
        return [$case, self::body($case), array_column($case['headers'], 1, 0)];
    }

    public static function shapes(): array
    {
        [, $body, $headers] = self::message();
        $server = [];
        foreach ($headers as $name => $value) {
            $server['HTTP_' . strtoupper(strtr($name, '-', '_'))] = $value;
        }
        $more = ['REQUEST_TIME' => 1, 'REQUEST_TIME_FLOAT' => 1.5, 'argv' => ['x'], 'CONTENT_TYPE' => 'application/json', 'HTTP_HOST' => 'x'];
        $url = 'https://shop.example/opsiq';
        return [
            'getallheaders()' => [$body, array_combine(array_map(ucwords(...), array_keys($headers)), $headers)],
            '$_SERVER' => [$body, $more + $server],
            'PSR-7' => [$body, (new ServerRequest('POST', $url, $headers, $body))->getHeaders()],
            'Symfony' => [$body, \Symfony\Component\HttpFoundation\Request::create($url, 'POST', server: $server, content: $body)->headers->all()],
            'the header bag itself' => [$body, \Symfony\Component\HttpFoundation\Request::create($url, 'POST', server: $server, content: $body)->headers],
            'Laravel' => [$body, \Illuminate\Http\Request::create($url, 'POST', server: $server, content: $body)->headers->all()],
        ];
    }

    #[DataProvider('shapes')]
    public function test_headers_are_taken_as_the_frameworks_give_them(string $body, iterable $headers): void
    {
        [$case] = self::message();
        $event = self::verifier($case)->verify($body, $headers);
        self::assertInstanceOf(Event::class, $event);
        self::assertSame(['invoice.paid', 3, 'dlv_1'], [$event->type(), $event->attempt, $event->delivery_id]);
        self::assertSame(['amount' => 4900, 'currency' => 'EUR'], $event->data());
        self::assertSame('2023-11-14T22:13:20+00:00', $event->occurredAt()->format(DATE_ATOM));
    }

    public function test_whole_requests_are_taken(): void
    {
        [$case, $body, $headers] = self::message();
        $symfony = \Symfony\Component\HttpFoundation\Request::create('https://shop.example/', 'POST', content: $body);
        $laravel = \Illuminate\Http\Request::create('https://shop.example/', 'POST', content: $body);
        $symfony->headers->add($headers);
        $laravel->headers->add($headers);
        $psr = new ServerRequest('POST', 'https://shop.example/', $headers, $body);
        $psr->getBody()->getContents(); // somebody has read it before
        foreach ([$symfony, $laravel, $psr] as $request) {
            self::assertSame('evt_1', self::verifier($case)->request($request)->id);
        }
        $this->expectException(ConfigurationError::class);
        self::verifier($case)->request(new \stdClass());
    }

    public function test_a_header_that_a_framework_has_twice_is_refused(): void
    {
        [$case, $body, $headers] = self::message();
        $twice = (new ServerRequest('POST', 'https://shop.example/', $headers, $body))->withAddedHeader('Webhook-Id', 'evt_9');
        $this->expectExceptionObject(new WebhookVerificationError('duplicate_header', 'The header webhook-id stands twice.'));
        self::verifier($case)->request($twice);
    }

    public static function parsed(): array
    {
        return ['an array' => [['id' => 'evt_1']], 'an object' => [(object) ['id' => 'evt_1']], 'nothing' => [null], 'a collection' => [collect(['id' => 1])]];
    }

    #[DataProvider('parsed')]
    public function test_a_body_that_was_parsed_is_named_as_such(mixed $body): void
    {
        [$case, , $headers] = self::message();
        try {
            self::verifier($case)->verify($body, $headers);
            self::fail('it was let in');
        } catch (WebhookVerificationError $error) {
            self::assertSame('not_raw', $error->reason);
            self::assertStringContainsString('php://input', $error->getMessage());
        }
    }

    public function test_what_php_itself_writes_again_is_seen_as_reserialised(): void
    {
        [$case, $body, $headers] = self::message();
        try {
            self::verifier($case)->verify(json_encode(json_decode($body, true), JSON_PRETTY_PRINT), $headers);
            self::fail('it was let in');
        } catch (WebhookVerificationError $error) {
            self::assertSame('reserialised', $error->reason);
        }
    }

    public function test_a_replay_store_hears_of_verified_messages_alone_and_can_refuse_one(): void
    {
        [$case, $body, $headers] = self::message();
        $seen = [];
        $first = static function (string $key) use (&$seen): bool {
            $fresh = !in_array($key, $seen, true);
            $seen[] = $key;
            return $fresh;
        };
        $verifier = self::verifier($case, $first);
        try {
            $verifier->verify("$body ", $headers);
        } catch (WebhookVerificationError) {
        }
        self::assertSame([], $seen);
        $verifier->verify($body, $headers);
        try {
            $verifier->verify($body, $headers);
            self::fail('it was let in twice');
        } catch (WebhookVerificationError $error) {
            self::assertSame('replayed', $error->reason);
        }
        self::assertSame(['evt_1.1700000000', 'evt_1.1700000000'], $seen);
    }

    public function test_an_action_call_says_what_to_do_for_whom(): void
    {
        $case = Vectors::file('verify')['good'][1];
        $call = self::verifier($case)->verify(self::body($case), $case['headers']);
        self::assertInstanceOf(ActionCall::class, $call);
        self::assertSame(['saas.refund_invoice', ['invoice_id' => 1042], 'Zoë', 'run_1'], [$call->action(), $call->params(), $call->actor()['name'], $call->runId()]);
    }

    /** Whatever bytes come, it is one error. */
    public function test_garbage_never_raises_anything_else(): void
    {
        [$case, $body, $headers] = self::message();
        mt_srand(7);
        $bytes = static fn (int $most) => implode('', array_map(static fn () => chr(mt_rand(0, 255)), range(1, mt_rand(1, $most))));
        for ($n = 0; $n < 2000; $n++) {
            $changed = $headers;
            $name = ['webhook-id', 'webhook-timestamp', 'webhook-signature'][mt_rand(0, 2)];
            $changed[$name] = match (mt_rand(0, 4)) {
                0 => $bytes(60),
                1 => [$changed[$name], $bytes(4)],
                2 => substr_replace($changed[$name], chr(mt_rand(0, 255)), mt_rand(0, strlen($changed[$name]) - 1), 1),
                3 => mt_rand(),
                4 => null,
            };
            if ($changed[$name] === $headers[$name]) {
                continue;
            }
            try {
                self::verifier($case)->verify($body, $changed);
                self::fail(bin2hex(serialize($changed)));
            } catch (WebhookVerificationError $error) {
                self::assertNotSame('', $error->reason);
            }
        }
    }
}
