<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

use OpsIQ\Errors\{Refused, WebhookVerificationError};

/** The receiving end: verifies what comes, hands it to the handler that is declared for it, once for each webhook-id, and says what to answer. */
final class Receiver
{
    private Verifier $verifier;
    private \Closure $on_error;
    /** @var array<string, \Closure> */
    private array $actions = [];
    /** @var list<array{string, \Closure}> */
    private array $events = [];

    /**
     * @param Verifier|string|list<string> $secrets `whsec_…`
     * @param callable(\Throwable): void|null $on_error hears what a handler throws; by default PHP's error log does
     */
    public function __construct(#[\SensitiveParameter] mixed $secrets, private Store $store, ?callable $on_error = null)
    {
        $this->verifier = $secrets instanceof Verifier ? $secrets : new Verifier($secrets);
        $this->on_error = \Closure::fromCallable($on_error ?? static function (\Throwable $error): void {
            error_log('OpsIQ handler: ' . $error::class . ": {$error->getMessage()} at {$error->getFile()}:{$error->getLine()}");
        });
    }

    /**
     * @param callable(ActionCall): mixed $handler what it returns is answered as JSON; `throw new Refused(…)` where the platform says no
     */
    public function action(string $name, callable $handler): self
    {
        $this->actions[$name] = \Closure::fromCallable($handler);
        return $this;
    }

    /**
     * @param string $pattern `invoice.paid`, `invoice.*`, `*`
     * @param callable(Event): mixed $handler every handler whose pattern fits hears of the event, in the order they were declared
     */
    public function event(string $pattern, callable $handler): self
    {
        $parts = array_map(static fn (string $word) => $word === '*' ? '[^.]+' : preg_quote($word, '/'), explode('.', $pattern));
        $last = count($parts) - 1;
        $parts[$last] = $parts[$last] === '[^.]+' ? '.+' : $parts[$last];
        $this->events[] = ['/\A' . implode('\.', $parts) . '\z/', \Closure::fromCallable($handler)];
        return $this;
    }

    /**
     * The answer to a request of Laravel, Symfony or any PSR-7 library; null: the one PHP is serving (then `->send()` it).
     */
    public function handle(?object $request = null): Reply
    {
        try {
            return $this->answer($this->verifier->request($request));
        } catch (WebhookVerificationError $error) {
            return Reply::problem(401, $error->reason, $error->getMessage());
        }
    }

    /** The answer to a message that is verified. */
    public function answer(Message $message): Reply
    {
        if (!$message instanceof ActionCall && !$message instanceof Event) {
            return Reply::problem(400, 'not_expected', 'It is signed, and neither an event nor an action call.');
        }
        $handlers = match (true) {
            $message instanceof ActionCall => array_filter([$this->actions[$message->action()] ?? null]),
            default => array_column(array_filter($this->events, static fn ($each) => preg_match($each[0], $message->type())), 1),
        };
        if ($handlers === []) {
            return $message instanceof Event ? new Reply() : Reply::problem(404, 'no_handler', 'Nothing here is declared for this.');
        }
        $act = static function () use ($handlers, $message): Reply {
            $results = array_map(static fn (\Closure $handler) => $handler($message), $handlers);
            return $message instanceof ActionCall ? Reply::of($results[0]) : new Reply();
        };
        try {
            return $this->store->once($message->id, hash('sha256', $message->body), $act);
        } catch (Refused $refused) {
            return Reply::problem($refused->status, (string) $refused->code, $refused->getMessage());
        } catch (OtherBody $error) {
            return Reply::problem(422, 'idempotency_key_reused', $error->getMessage());
        } catch (\Throwable $error) {
            ($this->on_error)($error);
            return Reply::problem(500, 'handler_failed', 'The handler failed, and nothing was kept.');
        }
    }
}
