<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Client;
use OpsIQ\Errors\ConfigurationError;
use OpsIQ\Errors\OpsIQError;
use OpsIQ\Errors\TimedOutError;
use OpsIQ\Errors\TransportError;
use OpsIQ\Errors\WebhookVerificationError;
use OpsIQ\Http\Answer;
use OpsIQ\Receive\FileStore;
use OpsIQ\Receive\Receiver;
use OpsIQ\Receive\Verifier;
use OpsIQ\Secret;
use OpsIQ\Types\Registered;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** No dump, print, export, cast, log or trace shows a secret. Arguments are kept in traces here, as a developer's php.ini has it. */
final class SecrecyTest extends TestCase
{
    private const SECRET = 'sk_test_q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA';
    private const WEBHOOK = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    public static function holders(): array
    {
        $transport = new Recorder([new Answer(200, [], '{}')]);
        $client = new Client(['public_key' => 'pk_test_1', 'secret_key' => self::SECRET, 'http_client' => $transport]);
        return [
            'the client' => [$client],
            'a resource of it' => [$client->webhooks],
            'a secret' => [new Secret(self::SECRET)],
            'a verifier' => [new Verifier(self::WEBHOOK)],
            'a receiver' => [new Receiver([self::WEBHOOK], new FileStore(sys_get_temp_dir()))],
        ];
    }

    #[DataProvider('holders')]
    public function test_nothing_shows_it(object $holder): void
    {
        ob_start();
        var_dump($holder);
        $shown = (string) ob_get_clean();
        $shown .= print_r($holder, true) . var_export($holder, true) . json_encode($holder) . print_r((array) $holder, true);
        $shown .= print_r(get_mangled_object_vars($holder), true);
        try {
            $shown .= serialize($holder);
        } catch (\Exception $error) {
            $shown .= $error;
        }
        self::assertGreaterThan(20, strlen($shown));
        self::assertHidden($shown);
    }

    public function test_a_client_is_neither_serialised_nor_its_secret_copied(): void
    {
        foreach ([fn () => serialize(self::holders()['the client'][0]), fn () => clone new Secret('x'), fn () => serialize(new Secret('x'))] as $attempt) {
            try {
                $attempt();
                self::fail('it was done');
            } catch (\LogicException) {
            }
        }
        self::assertSame('(secret) "(secret)"', new Secret('x') . ' ' . json_encode(new Secret('x')));
    }

    public static function mistakes(): array
    {
        $options = ['public_key' => 'pk_test_1', 'secret_key' => self::SECRET];
        $answering = static fn (Answer $answer) => $options + ['http_client' => new Recorder([$answer]), 'max_retries' => 0];
        return [
            'an unknown option' => [fn () => new Client($options + ['secretkey' => self::SECRET])],
            'a bad address' => [fn () => new Client(['base_url' => 'x'] + $options)],
            'the secret as the public key' => [fn () => new Client(['public_key' => self::SECRET, 'secret_key' => self::SECRET])],
            'the modes differ' => [fn () => new Client(['public_key' => 'pk_live_1'] + $options)],
            'a webhook secret for an API secret' => [fn () => new Client(['secret_key' => self::WEBHOOK] + $options)],
            'a refusal' => [fn () => (new Client($answering(new Answer(401, [], '{"code":"invalid_signature"}'))))->me->get()],
            'another shape' => [fn () => (new Client($answering(new Answer(200, [], '[]'))))->me->get()],
            'another secret' => [fn () => new Verifier([self::WEBHOOK, self::SECRET])],
            'a receiver of none' => [fn () => new Receiver(self::SECRET, new FileStore(sys_get_temp_dir()))],
            'a forged message' => [fn () => (new Verifier(self::WEBHOOK))->verify('{}', ['webhook-id' => 'x', 'webhook-timestamp' => (string) time(), 'webhook-signature' => 'v1,x'])],
        ];
    }

    #[DataProvider('mistakes')]
    public function test_no_exception_shows_it(\Closure $mistake): void
    {
        self::assertSame('0', ini_get('zend.exception_ignore_args'));
        try {
            $mistake();
            self::fail('nothing was wrong');
        } catch (OpsIQError $error) {
            for ($each = $error; $each !== null; $each = $each->getPrevious()) {
                $ours = array_filter($each->getTrace(), static fn ($frame) => str_starts_with($frame['class'] ?? '', 'OpsIQ\\') && !str_contains($frame['class'], 'Tests'));
                self::assertNotSame([], $ours);
                self::assertHidden($each . print_r($ours, true) . print_r(array_filter($each->getTrace(), static fn ($frame) => !isset($frame['class'])), true));
            }
        }
    }

    public function test_the_log_shows_what_happened_and_nothing_else(): void
    {
        $lines = [];
        $transport = new Recorder([
            new Answer(503, ['retry-after' => '1'], '{"code":"unavailable","retryable":true,"request_id":"req_1","detail":"private"}'),
            new Answer(202, ['x-request-id' => 'req_2'], '{"id":"evt_1","event":"a.b"}'),
        ]);
        $client = new Client([
            'public_key' => 'pk_test_1', 'secret_key' => self::SECRET, 'http_client' => $transport, 'sleep' => static fn () => null,
            'logger' => static function (string $level, string $message, array $context) use (&$lines): void {
                $lines[] = [$level, $message, $context];
            },
        ]);
        $client->events->fire('a.b', ['email' => 'private@example.com']);
        self::assertSame(['warning', 'debug'], array_column($lines, 0));
        self::assertSame('OpsIQ: POST /v1/events/fire failed and is sent again in 1 s', $lines[0][1]);
        self::assertSame('OpsIQ answered 202 to POST /v1/events/fire', $lines[1][1]);
        self::assertSame(['unavailable', 'req_1', 1], [$lines[0][2]['code'], $lines[0][2]['request_id'], $lines[0][2]['attempt']]);
        self::assertSame([202, 'req_2', 2], [$lines[1][2]['status'], $lines[1][2]['request_id'], $lines[1][2]['attempt']]);
        self::assertStringNotContainsString('private', print_r($lines, true));
        self::assertStringNotContainsString('sig=', print_r($lines, true));
        self::assertHidden(print_r($lines, true));
    }

    public function test_a_psr_3_logger_fills_the_placeholders_in_itself(): void
    {
        $logger = new class () {
            public array $messages = [];

            public function log(mixed $level, string $message, array $context): void
            {
                $this->messages[] = $message;
            }
        };
        $transport = new Recorder([new Answer(202, [], '{"id":"evt_1","event":"a.b"}')]);
        (new Client(['public_key' => 'pk_test_1', 'secret_key' => self::SECRET, 'http_client' => $transport, 'logger' => $logger]))->events->fire('a.b');
        self::assertSame(['OpsIQ answered {status} to {method} {path}'], $logger->messages);
    }

    public function test_a_dump_of_what_was_made_hides_the_secret_that_can_be_read(): void
    {
        $made = Registered::from(['name' => 'saas.fly', 'version' => 1, 'digest' => 'sha256:0', 'fresh' => true, 'secret' => self::WEBHOOK]);
        ob_start();
        var_dump($made);
        self::assertHidden(ob_get_clean() . print_r($made, true));
        self::assertStringContainsString('saas.fly', print_r($made, true));
        self::assertSame([self::WEBHOOK, self::WEBHOOK], [$made->secret, json_decode(json_encode($made))->secret]);
        self::assertStringNotContainsString('(secret)', print_r(Registered::from(['secret' => null] + get_object_vars($made)), true));
    }

    public function test_every_error_has_a_code_to_decide_by(): void
    {
        $made = [new ConfigurationError('x'), new TransportError('x'), new TimedOutError('x'), new WebhookVerificationError('too_old', 'x')];
        self::assertSame(['configuration', 'transport', 'timed_out', 'webhook_verification'], array_map(static fn ($error) => $error->code, $made));
        self::assertTrue(isset($made[0]->code));
    }

    private static function assertHidden(string $shown): void
    {
        foreach ([self::SECRET, self::WEBHOOK] as $secret) {
            self::assertStringNotContainsString($secret, $shown);
            self::assertStringNotContainsString(substr($secret, 10, 12), $shown);
        }
        self::assertStringNotContainsString((string) base64_decode(substr(self::WEBHOOK, 6)), $shown);
    }
}
