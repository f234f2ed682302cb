<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Errors\ConfigurationError;
use OpsIQ\Errors\Refused;
use OpsIQ\Receive\ActionCall;
use OpsIQ\Receive\Event;
use OpsIQ\Receive\FileStore;
use OpsIQ\Receive\PdoStore;
use OpsIQ\Receive\Receiver;
use OpsIQ\Receive\Reply;
use OpsIQ\Receive\Store;
use OpsIQ\Receive\Verifier;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;
use Symfony\Component\HttpFoundation\Request;

/** The receiving end with real stores and Symfony's requests. */
final class ReceiverTest extends TestCase
{
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    /** @var list<string> */
    private array $folders = [];
    /** @var list<\Throwable> */
    private array $failures = [];

    protected function tearDown(): void
    {
        foreach ($this->folders as $folder) {
            array_map(unlink(...), glob("$folder/*"));
            rmdir($folder);
        }
    }

    private function folder(): string
    {
        return $this->folders[] = sys_get_temp_dir() . '/opsiq-' . bin2hex(random_bytes(8));
    }

    private function database(): \PDO
    {
        $folder = $this->folder();
        mkdir($folder);
        $pdo = new \PDO("sqlite:$folder/shop.db");
        $pdo->exec('CREATE TABLE refunds (invoice_id INTEGER)');
        (new PdoStore($pdo))->install();
        return $pdo;
    }

    public static function stores(): array
    {
        return ['files' => ['files'], 'a database' => ['database']];
    }

    private function store(string $which): Store
    {
        return $which === 'files' ? new FileStore($this->folder()) : new PdoStore($this->database());
    }

    private function receiver(Store $store): Receiver
    {
        return new Receiver(self::SECRET, $store, function (\Throwable $error): void {
            $this->failures[] = $error;
        });
    }

    private static function request(array $payload, ?int $ts = null): Request
    {
        return self::signed(json_encode($payload), $payload['id'], $ts);
    }

    private static function signed(string $body, string $id, ?int $ts = null): Request
    {
        $ts ??= time();
        $signature = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$ts.$body", base64_decode(substr(self::SECRET, 6)), true));
        $request = Request::create('https://shop.example/opsiq', 'POST', content: $body);
        $request->headers->add(['webhook-id' => $id, 'webhook-timestamp' => (string) $ts, 'webhook-signature' => $signature]);
        return $request;
    }

    private static function call(array $params = ['invoice_id' => 1042], string $id = 'act_1'): Request
    {
        return self::request([
            'id' => $id, 'action' => 'saas.refund_invoice', 'params' => $params, 'actor' => ['name' => 'Zoë'], 'contract_version' => 1,
            'run_id' => 'run_1', 'workspace' => 'ws_1',
        ]);
    }

    private static function event(string $type, array $data = []): array
    {
        return ['id' => 'evt_1', 'type' => $type, 'data' => (object) $data, 'timestamp' => '2026-11-24T12:00:00.000000Z'];
    }

    #[DataProvider('stores')]
    public function test_an_action_is_done_once_however_often_it_is_sent(string $which): void
    {
        $done = [];
        $receiver = $this->receiver($this->store($which))->action('saas.refund_invoice', static function (ActionCall $call) use (&$done): array {
            $done[] = $call->params()['invoice_id'];
            return ['refund_id' => 'ref_' . count($done), 'url' => 'https://shop.example/é'];
        });
        $first = $receiver->handle(self::call());
        $again = $receiver->handle(self::call());
        $other = $receiver->handle(self::call(id: 'act_2'));
        self::assertSame([1042, 1042], $done);
        self::assertSame([200, '{"refund_id":"ref_1","url":"https://shop.example/é"}'], [$first->status, $first->body]);
        self::assertSame(['Content-Type' => 'application/json'], $first->headers);
        self::assertSame([200, $first->body], [$again->status, $again->body]);
        self::assertSame('true', $again->headers['Idempotency-Replayed']);
        self::assertSame('{"refund_id":"ref_2","url":"https://shop.example/é"}', $other->body);
        self::assertSame([], $this->failures);
    }

    #[DataProvider('stores')]
    public function test_an_id_with_another_body_is_refused(string $which): void
    {
        $receiver = $this->receiver($this->store($which))->action('saas.refund_invoice', static fn () => null);
        self::assertSame(204, $receiver->handle(self::call())->status);
        $reply = $receiver->handle(self::call(['invoice_id' => 9]));
        self::assertSame([422, 'idempotency_key_reused'], [$reply->status, json_decode($reply->body)->code]);
    }

    #[DataProvider('stores')]
    public function test_what_failed_is_kept_nowhere_and_tried_again(string $which): void
    {
        $tries = 0;
        $receiver = $this->receiver($this->store($which))->action('saas.refund_invoice', static function () use (&$tries): string {
            return ++$tries === 1 ? throw new \RuntimeException('the bank is down, account 4711') : 'done';
        });
        $reply = $receiver->handle(self::call());
        self::assertSame(500, $reply->status);
        self::assertStringNotContainsString('4711', $reply->body);
        self::assertSame('the bank is down, account 4711', $this->failures[0]->getMessage());
        self::assertSame([200, '"done"'], [$receiver->handle(self::call())->status, $receiver->handle(self::call())->body]);
        self::assertSame(2, $tries);
    }

    #[DataProvider('stores')]
    public function test_a_refusal_is_the_persons_to_read_and_not_tried_again(string $which): void
    {
        $receiver = $this->receiver($this->store($which))->action('saas.refund_invoice', static function (): never {
            throw new Refused('INV-1042 is refunded already.', 409, 'already_refunded');
        });
        $reply = $receiver->handle(self::call());
        self::assertSame([409, 'application/problem+json'], [$reply->status, $reply->headers['Content-Type']]);
        self::assertSame('INV-1042 is refunded already.', json_decode($reply->body)->detail);
        self::assertSame([], $this->failures);
        $this->expectException(ConfigurationError::class);
        new Refused('a refusal that OpsIQ would try again', 503);
    }

    public function test_the_effect_and_its_record_are_one_transaction(): void
    {
        $pdo = $this->database();
        $fails = true;
        $receiver = $this->receiver(new PdoStore($pdo))->action('saas.refund_invoice', static function (ActionCall $call) use ($pdo, &$fails): mixed {
            $pdo->prepare('INSERT INTO refunds VALUES (?)')->execute([$call->params()['invoice_id']]);
            return $fails ? throw new \RuntimeException('half way') : null;
        });
        self::assertSame(500, $receiver->handle(self::call())->status);
        self::assertSame(0, (int) $pdo->query('SELECT (SELECT COUNT(*) FROM refunds) + (SELECT COUNT(*) FROM opsiq_messages)')->fetchColumn());
        $fails = false;
        self::assertSame(204, $receiver->handle(self::call())->status);
        self::assertSame(204, $receiver->handle(self::call())->status);
        self::assertSame([1, 1], $pdo->query('SELECT (SELECT COUNT(*) FROM refunds), (SELECT COUNT(*) FROM opsiq_messages)')->fetch(\PDO::FETCH_NUM));
        self::assertFalse($pdo->inTransaction());
    }

    public function test_a_refusal_undoes_what_was_begun(): void
    {
        $pdo = $this->database();
        $receiver = $this->receiver(new PdoStore($pdo))->action('saas.refund_invoice', static function () use ($pdo): never {
            $pdo->exec('INSERT INTO refunds VALUES (1)');
            throw new Refused('No.');
        });
        self::assertSame(409, $receiver->handle(self::call())->status);
        self::assertSame(0, (int) $pdo->query('SELECT COUNT(*) FROM refunds')->fetchColumn());
    }

    public function test_a_frameworks_own_transaction_is_used(): void
    {
        $pdo = $this->database();
        $began = 0;
        $transaction = static function (\Closure $work) use ($pdo, &$began): mixed {
            $began++;
            $pdo->beginTransaction();
            $result = $work();
            $pdo->commit();
            return $result;
        };
        $receiver = $this->receiver(new PdoStore($pdo, transaction: $transaction))->action('saas.refund_invoice', static fn () => 1);
        self::assertSame('1', $receiver->handle(self::call())->body);
        self::assertSame('1', $receiver->handle(self::call())->body);
        self::assertSame(2, $began);
        $pdo->beginTransaction();
        self::assertSame('1', $this->receiver(new PdoStore($pdo))->action('saas.refund_invoice', static fn () => 1)->handle(self::call(id: 'act_3'))->body);
        $pdo->rollBack(); // one that was open stays whoever opened it's
        self::assertSame(1, (int) $pdo->query('SELECT COUNT(*) FROM opsiq_messages')->fetchColumn());
    }

    public function test_what_is_old_is_forgotten(): void
    {
        $pdo = $this->database();
        $store = new PdoStore($pdo);
        $this->receiver($store)->action('saas.refund_invoice', static fn () => 1)->handle(self::call());
        $store->prune(1);
        self::assertSame(1, (int) $pdo->query('SELECT COUNT(*) FROM opsiq_messages')->fetchColumn());
        $store->prune(-1);
        self::assertSame(0, (int) $pdo->query('SELECT COUNT(*) FROM opsiq_messages')->fetchColumn());
        $files = new FileStore($folder = $this->folder());
        $this->receiver($files)->action('saas.refund_invoice', static fn () => 1)->handle(self::call());
        $files->prune(1);
        self::assertCount(2, glob("$folder/*"));
        $files->prune(-1);
        self::assertCount(0, glob("$folder/*"));
    }

    #[DataProvider('stores')]
    public function test_of_two_at_the_same_time_one_waits_for_the_other(string $which): void
    {
        $folder = $this->folder();
        mkdir($folder);
        touch("$folder/done");
        if ($which === 'database') {
            (new PdoStore(new \PDO("sqlite:$folder/store.db")))->install();
        }
        $children = [];
        for ($n = 0; $n < 6; $n++) {
            $child = pcntl_fork();
            if ($child === 0) {
                $store = $which === 'files' ? new FileStore($folder) : new PdoStore(new \PDO("sqlite:$folder/store.db"));
                $reply = $store->once('act_1', 'f', static function () use ($folder): Reply {
                    usleep(50_000);
                    file_put_contents("$folder/done", 'x', FILE_APPEND);
                    return Reply::of('done');
                });
                posix_kill(posix_getpid(), $reply->body === '"done"' ? SIGKILL : SIGTERM); // no shutdown of PHPUnit's in the child
            }
            $children[] = $child;
        }
        foreach ($children as $child) {
            pcntl_waitpid($child, $status);
            self::assertSame(SIGKILL, pcntl_wtermsig($status));
        }
        self::assertSame('x', file_get_contents("$folder/done"));
    }

    public function test_an_event_is_heard_by_every_handler_whose_pattern_fits(): void
    {
        $heard = [];
        $receiver = $this->receiver(new FileStore($this->folder()));
        foreach (['invoice.paid', 'invoice.*', '*', '*.paid', 'invoice', 'invoice.*.late', 'nvoice.paid', '*.created'] as $pattern) {
            $receiver->event($pattern, static function (Event $event) use (&$heard, $pattern): string {
                $heard[] = "$pattern {$event->type()} {$event->data()['invoice_id']}";
                return 'not answered';
            });
        }
        $event = self::request(self::event('invoice.paid', ['invoice_id' => 7]));
        self::assertSame([204, ''], [$receiver->handle($event)->status, $receiver->handle($event)->body]);
        self::assertSame(['invoice.paid invoice.paid 7', 'invoice.* invoice.paid 7', '* invoice.paid 7', '*.paid invoice.paid 7'], $heard);
    }

    public function test_what_nobody_is_declared_for(): void
    {
        $receiver = $this->receiver(new FileStore($this->folder()))->action('saas.other', static fn () => 1);
        self::assertSame(404, $receiver->handle(self::call())->status);
        self::assertSame(204, $receiver->handle(self::request(self::event('a.b')))->status);
    }

    public static function messages(): array
    {
        return Vectors::cases('received', 'messages');
    }

    #[DataProvider('messages')]
    public function test_a_signed_message_is_what_its_signed_body_says(array $case): void
    {
        $got = [];
        $hear = static function (ActionCall|Event $message) use (&$got): void {
            $got[] = $message instanceof Event ? 'event' : 'call';
        };
        $receiver = $this->receiver(new FileStore($this->folder()))->action('saas.refund_invoice', $hear)->event('*', $hear);
        $request = self::signed($case['body'] ?? base64_decode($case['body_base64'], true), $case['id']);
        $request->headers->add(array_column($case['headers'], 1, 0));
        $reply = $receiver->handle($request);
        self::assertSame($case['kind'] === null ? [[], 400] : [[$case['kind']], 204], [$got, $reply->status]);
        self::assertSame($case['kind'] === null ? 'not_expected' : null, json_decode($reply->body)?->code);
        self::assertSame([], $this->failures);
    }

    public static function patterns(): array
    {
        return array_map(static fn (array $case) => [$case], Vectors::file('received')['patterns']);
    }

    #[DataProvider('patterns')]
    public function test_a_pattern_takes_these_events(array $case): void
    {
        $got = [];
        $receiver = $this->receiver(new FileStore($this->folder()))->event($case['pattern'], static function (Event $event) use (&$got): void {
            $got[] = $event->type();
        });
        $receiver->handle(self::request(self::event($case['type'])));
        self::assertSame($case['fits'] ? [$case['type']] : [], $got);
    }

    public function test_what_is_not_believed_reaches_no_handler(): void
    {
        $receiver = $this->receiver(new FileStore($this->folder()))->action('saas.refund_invoice', static fn () => self::fail('it was done'));
        $forged = self::call();
        $forged->headers->set('webhook-signature', 'v1,' . base64_encode(str_repeat('x', 32)));
        $old = self::request(['id' => 'act_1', 'action' => 'saas.refund_invoice'], ts: time() - 3600);
        foreach ([[$forged, 'no_match'], [$old, 'too_old'], [Request::create('https://shop.example/'), 'missing_header']] as [$request, $reason]) {
            $reply = $receiver->handle($request);
            self::assertSame([401, $reason], [$reply->status, json_decode($reply->body)->code]);
        }
    }

    public function test_a_verifier_of_ones_own_can_be_given(): void
    {
        $verifier = new Verifier(['whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQhIQ==', self::SECRET], tolerance_s: 7200);
        $receiver = new Receiver($verifier, new FileStore($this->folder()));
        self::assertSame(204, $receiver->handle(self::request(self::event('a.b'), ts: time() - 3600))->status);
    }

    public function test_a_store_that_could_lose_an_error_is_refused(): void
    {
        foreach ([['x; DROP TABLE y', \PDO::ERRMODE_EXCEPTION], ['opsiq', \PDO::ERRMODE_SILENT]] as [$table, $mode]) {
            try {
                new PdoStore(new \PDO('sqlite::memory:', options: [\PDO::ATTR_ERRMODE => $mode]), $table);
                self::fail('it was taken');
            } catch (ConfigurationError) {
            }
        }
        self::assertTrue(true);
    }
}
