<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Client;
use OpsIQ\Errors\TimedOutError;
use OpsIQ\Errors\UnreadableAnswerError;
use OpsIQ\Held;
use OpsIQ\Http\Answer;
use OpsIQ\Json;
use OpsIQ\Run;
use OpsIQ\Types\PromptSource;
use PHPUnit\Framework\Attributes\DataProvider;
use PHPUnit\Framework\TestCase;

/** Answers as typed values, pages, and runs that are waited for. */
final class ResourcesTest extends TestCase
{
    /** @var list<float> */
    private array $slept = [];

    private function client(Recorder $transport): Client
    {
        return new Client([
            'public_key' => 'pk_test_1', 'secret_key' => 'sk_test_1', 'http_client' => $transport, 'max_retries' => 0,
            'sleep' => function (float $s): void {
                $this->slept[] = $s;
            },
        ]);
    }

    private static function view(string $state, string $id = 'run_1', array $more = []): array
    {
        $card = [
            'digest' => 'sha256:1', 'held' => ['the contract says so'], 'confirm_by' => 'anyone', 'approvals_needed' => 1, 'approvals' => [], 'drift' => [],
            'calls' => [[
                'call_id' => 'act_1', 'action' => 'saas.refund_invoice', 'version' => 1, 'title' => 'Refund', 'preview' => 'Refund INV-1042',
                'risk' => 'irreversible', 'url' => 'https://shop.example/', 'payload' => '{}',
                'method' => 'POST', 'headers' => new \stdClass(), 'connection' => null,
                'params' => [[
                    'name' => 'invoice_id', 'label' => 'Invoice', 'value' => ['deep' => new \stdClass()], 'shown' => 'INV-1042',
                    'source' => ['kind' => 'prompt', 'spans' => [['origin' => 0, 'start' => 0, 'end' => 4, 'text' => '1042']], 'reading' => '', 'read_by' => 'code'],
                ]],
            ]],
        ];
        return $more + [
            'id' => $id, 'thread_id' => $id, 'mode' => 'live', 'state' => $state, 'text' => 'refund', 'surface' => 'admin', 'cause' => null,
            'actor' => ['id' => 'mem_1', 'name' => 'Zoë', 'role' => 'owner'], 'created_at' => '2026-11-24T12:00:00Z',
            'updated_at' => '2026-11-24T12:00:00Z', 'expires_at' => null, 'question' => null, 'reply' => null, 'card' => $state === 'received' ? null : $card, 'edit' => null, 'repeats' => '',
            'refusal' => null, 'reason' => null, 'outcomes' => [],
        ];
    }

    private static function answer(mixed $body, int $status = 200): Answer
    {
        return new Answer($status, [], Json::encode($body));
    }

    public function test_a_held_run_is_held_and_has_its_card_and_any_other_is_a_run(): void
    {
        $transport = new Recorder([self::answer(self::view('held'), 202), self::answer(self::view('confirmed'))]);
        $client = $this->client($transport);
        $held = $client->actions->run('saas.refund_invoice', ['invoice_id' => 1042]);
        self::assertInstanceOf(Held::class, $held);
        $param = $held->card->calls[0]->params[0];
        self::assertSame(['INV-1042', '1042'], [$param->shown, $param->source->spans[0]->text]);
        self::assertInstanceOf(PromptSource::class, $param->source);
        $run = $held->confirm();
        self::assertSame(Run::class, $run::class);
        self::assertSame(['/v1/runs/run_1/confirm', '{"digest":"sha256:1"}'], [$transport->sent[1]->target, $transport->sent[1]->body]);
        self::assertTrue($run->moving());
        self::assertFalse($run->succeeded());
    }

    public function test_waiting_pauses_while_a_card_is_held_and_ends_when_it_is_over(): void
    {
        $answers = array_map(static fn (string $state) => self::answer(self::view($state)), ['held', 'held', 'held', 'executing', 'succeeded']);
        $transport = new Recorder($answers);
        $run = $this->client($transport)->runs->get('run_1')->wait(100);
        self::assertTrue($run->succeeded());
        self::assertSame([1.0, 1.0], $this->slept);
        self::assertCount(5, $transport->sent);
        foreach (array_slice($transport->sent, 1) as $request) {
            self::assertSame('/v1/runs/run_1?wait_s=20', $request->target);
            self::assertSame(50.0, $request->timeout_s); // the server's time to wait comes on top
        }
    }

    public static function states(): array
    {
        return array_map(static fn (string $state) => [$state], ['asked', 'failed', 'unknown', 'refused', 'abstained', 'rejected', 'expired']);
    }

    #[DataProvider('states')]
    public function test_waiting_ends_in_every_state_that_moves_no_further_by_itself(string $state): void
    {
        $transport = new Recorder([self::answer(self::view('received')), self::answer(self::view($state))]);
        self::assertSame($state, $this->client($transport)->runs->ask('refund')->wait()->state);
        self::assertCount(2, $transport->sent);
    }

    public function test_waiting_gives_up_in_time_and_says_how_it_stands(): void
    {
        $client = $this->client(new Recorder([self::answer(self::view('held'))]));
        $this->expectException(TimedOutError::class);
        $this->expectExceptionMessage('run_1 is still held');
        $client->runs->get('run_1')->wait(0.01);
    }

    public function test_a_run_answers_rejects_and_refreshes_itself(): void
    {
        $question = ['slot' => '0.invoice_id', 'code' => 'ambiguous', 'text' => 'Which?', 'missing' => [], 'free_text' => true, 'candidates' => []];
        $transport = new Recorder([self::answer(self::view('asked', more: ['question' => $question]))]);
        $run = $this->client($transport)->runs->get('run_1');
        $run->answer(choice: '11');
        $run->reject('Wrong customer');
        $run->refresh();
        $sent = array_map(static fn ($request) => "$request->method $request->target $request->body", array_slice($transport->sent, 1));
        self::assertSame([
            'POST /v1/runs/run_1/answer {"slot":"0.invoice_id","choice":"11"}', 'POST /v1/runs/run_1/reject {"reason":"Wrong customer"}',
            'GET /v1/runs/run_1 ',
        ], $sent);
    }

    public function test_pages_are_walked_to_their_end_and_asked_for_when_they_are_needed(): void
    {
        $ticket = static fn (string $id) => ['kind' => 'ticket', 'id' => $id, 'label' => "T$id", 'detail' => '', 'data' => ['status' => 'open']];
        $transport = new Recorder([
            self::answer(['data' => [$ticket('1'), $ticket('2')], 'next' => 'c/1']), self::answer(['data' => [], 'next' => 'c2']),
            self::answer(['data' => [$ticket('3')], 'next' => null]),
        ]);
        $tickets = $this->client($transport)->tickets->list(['status' => 'open'], limit: 2);
        self::assertCount(0, $transport->sent);
        $seen = [];
        foreach ($tickets as $at => $each) {
            $seen[] = "$at:$each->id after " . count($transport->sent);
        }
        self::assertSame(['0:1 after 1', '1:2 after 1', '0:3 after 3'], $seen);
        self::assertSame(
            ['/v1/tickets?status=open&limit=2', '/v1/tickets?status=open&limit=2&cursor=c%2F1', '/v1/tickets?status=open&limit=2&cursor=c2'],
            array_column($transport->sent, 'target'),
        );
    }

    public function test_runs_of_a_list_can_be_acted_upon(): void
    {
        $transport = new Recorder([self::answer(['data' => [self::view('held'), self::view('failed', 'run_2')], 'next' => null]), self::answer(self::view('rejected'))]);
        [$held, $failed] = iterator_to_array($this->client($transport)->runs->list(), false);
        self::assertSame([Held::class, Run::class], [$held::class, $failed::class]);
        self::assertSame('rejected', $held->reject()->state);
    }

    public function test_a_typed_answer_is_written_as_it_was_read(): void
    {
        $run = self::view('held');
        $read = $this->client(new Recorder([self::answer($run)]))->runs->get('run_1');
        self::assertSame(Json::encode($run), Json::encode($read));
        self::assertSame(array_keys($run), array_keys($read->__debugInfo()));
        $contract = ['schema' => 'opsiq/contract/v1', 'parameters' => ['type' => 'object', 'properties' => new \stdClass()], 'roles' => []];
        $whole = ['name' => 'a.b', 'version' => 1, 'digest' => 'x', 'state' => 'active', 'signature' => ['verified' => true, 'why' => null], 'contract' => $contract, 'jws' => null];
        $transport = new Recorder([self::answer($whole), self::answer(['data' => []], 201)]);
        $client = $this->client($transport);
        $client->contracts->register([$client->contracts->get('a.b')->contract]);
        self::assertSame(Json::encode(['contracts' => [$contract]]), $transport->sent[1]->body);
    }

    public function test_an_empty_record_keeps_its_object(): void
    {
        $record = ['kind' => 'customer', 'id' => '1', 'label' => 'x', 'detail' => '', 'data' => new \stdClass()];
        $read = $this->client(new Recorder([self::answer($record)]))->customers->get(1);
        self::assertSame([], $read->data);
        self::assertSame(Json::encode($record), Json::encode($read));
    }

    public function test_members_to_come_do_no_harm_and_missing_ones_are_named(): void
    {
        $me = ['workspace' => 'ws_1', 'key' => ['id' => 'k', 'public' => 'pk_test_1', 'name' => 'x', 'mode' => 'test', 'scopes' => []], 'role' => 'owner'];
        self::assertSame('owner', $this->client(new Recorder([self::answer($me + ['new' => 1])]))->me->get()->role);
        foreach ([['role' => null] + $me, ['key' => 'k'] + $me, array_diff_key($me, ['key' => 1]), 'text', null, [$me]] as $other) {
            try {
                $this->client(new Recorder([self::answer($other)]))->me->get();
                self::fail(Json::encode($other));
            } catch (UnreadableAnswerError $error) {
                self::assertSame(200, $error->status);
                self::assertStringContainsString('Me', $error->getMessage());
            }
        }
    }

    public function test_an_endpoint_is_made_with_empty_headers_as_an_object_and_changed_to_no_bound(): void
    {
        $transport = new Recorder([new Answer(500, [], '{"retryable":false}')]);
        $client = $this->client($transport);
        $calls = [
            fn () => $client->webhooks->endpoints->create('https://a.example', ['*'], headers: []),
            fn () => $client->webhooks->endpoints->update('whe_1', ['headers' => [], 'per_minute' => null]),
            fn () => $client->webhooks->endpoints->recover('whe_1', new \DateTimeImmutable('2026-11-24T07:00:00+01:00')),
            fn () => $client->contracts->retire('a.b'),
        ];
        foreach ($calls as $call) {
            try {
                $call();
            } catch (\OpsIQ\Errors\ServerError) {
            }
        }
        self::assertSame([
            '{"url":"https://a.example","events":["*"],"headers":{}}', '{"headers":{},"per_minute":null}', '{"since":"2026-11-24T06:00:00.000000Z"}', '',
        ], array_column($transport->sent, 'body'));
        self::assertArrayHasKey('Idempotency-Key', $transport->sent[3]->headers);
    }
}
