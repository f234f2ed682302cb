<?php

// Plays sdks/conformance/scenario.json's commands with this SDK (sdks/conformance/README.md): JSON lines in, JSON lines out.

declare(strict_types=1);

use OpsIQ\Client;
use OpsIQ\Held;
use OpsIQ\Json;
use OpsIQ\Receive\ActionCall;
use OpsIQ\Receive\Event;
use OpsIQ\Receive\Verifier;

require __DIR__ . '/autoload.php';
require __DIR__ . '/tests/Vectors.php';

ini_set('display_errors', 'stderr');
$clients = $held = [];

$do = static function (array $said) use (&$clients, &$held): mixed {
    $options = (array) ($said['options'] ?? []);
    switch ($said['do']) {
        case 'client':
            $given = array_intersect_key($said, array_flip(['base_url', 'public_key', 'secret_key', 'timeout_s', 'max_retries']));
            if (isset($said['clock_offset_s'])) {
                $given['clock'] = static fn (): float => microtime(true) + $said['clock_offset_s'];
            }
            $clients[$said['name']] = new Client($given);
            return null;
        case 'call':
            $answer = OpsIQ\Tests\Vectors::call($clients[$said['client']], $said, $said['take'] ?? null);
            $held[$said['client']] = $answer instanceof Held ? $answer : $held[$said['client']] ?? null;
            return $answer;
        case 'held':
            return $held[$said['client']]->{$said['method']}(...$options);
        case 'verify':
            $message = (new Verifier($said['secrets']))->verify(base64_decode($said['body_base64'], true), $said['headers']);
            return ['id' => $message->id] + match (true) {
                $message instanceof Event => ['type' => $message->type(), 'data' => (object) $message->data()],
                $message instanceof ActionCall => ['action' => $message->action(), 'params' => (object) $message->params()],
            };
    }
    throw new LogicException("There is no command $said[do].");
};

while (($line = fgets(STDIN)) !== false) {
    try {
        $answer = ['ok' => $do(Json::decode($line))];
    } catch (Throwable $error) {
        $told = ['class' => (new ReflectionClass($error))->getShortName(), 'message' => (string) $error . print_r($error->getPrevious(), true)];
        foreach (['code', 'status', 'request_id', 'retryable', 'retry_after_s', 'reason'] as $name) {
            $told[$name] = $name === 'code' || property_exists($error, $name) ? $error->$name ?? null : null;
        }
        $answer = ['error' => $told];
    }
    echo Json::encode($answer), "\n";
}
