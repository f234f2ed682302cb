<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Http\Api;
use OpsIQ\Json;
use OpsIQ\Run;

final class Actions extends Resource
{
    public function __construct(Api $api, private Runs $runs)
    {
        parent::__construct($api);
    }

    /**
     * Run a registered action. What comes is the run: `Held` with its card where somebody must confirm it, else on its way; `wait()` for
     * what comes of it. What may not or can't be done is an ApiError whose `run_id` history knows.
     *
     * @param array<string, mixed> $params
     * @param string|null $surface admin (by default), customer or writing
     * @param string|null $session groups runs for actions that are confirmed once in a session
     */
    public function run(
        string $action, array|object $params = [], ?string $idempotency_key = null, ?string $surface = null, ?string $session = null,
    ): Run {
        $body = ['action' => $action, 'params' => Json::object($params, 'params'), 'surface' => $surface, 'session' => $session];
        return $this->api->call(Run::class, 'POST', ['actions', 'run'], [], $body, $idempotency_key)->of($this->runs);
    }
}
