<?php

declare(strict_types=1);

namespace OpsIQ\Tests;

use OpsIQ\Http\Answer;
use OpsIQ\Http\Request;
use OpsIQ\Http\Transport;

/** A transport that keeps what is sent and answers what it was given, one after the other, the last one ever after. */
final class Recorder implements Transport
{
    /** @var list<Request> */
    public array $sent = [];

    /** @param list<Answer|array|\Throwable> $answers */
    public function __construct(private array $answers)
    {
    }

    public function send(Request $request): Answer
    {
        $this->sent[] = $request;
        $answer = count($this->answers) > 1 ? array_shift($this->answers) : $this->answers[0];
        return match (true) {
            $answer instanceof \Throwable => throw $answer,
            is_array($answer) => Vectors::answer($answer),
            default => $answer,
        };
    }
}
