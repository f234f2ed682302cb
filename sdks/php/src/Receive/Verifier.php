<?php

declare(strict_types=1);

namespace OpsIQ\Receive;

use OpsIQ\{Json, Secret};
use OpsIQ\Errors\{ConfigurationError, WebhookVerificationError};
use Psr\Http\Message\MessageInterface;

/** Whether a webhook or an action call comes from OpsIQ, unchanged and now (Standard Webhooks v1; docs/reference/wire.md §2). */
final class Verifier
{
    private const NEEDED = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
    private const WANTED = [...self::NEEDED, 'opsiq-attempt', 'opsiq-delivery-id'];

    /** @var list<Secret> */
    private array $keys = [];
    private ?\Closure $first;
    private \Closure $clock;

    /**
     * @param string|list<string> $secrets `whsec_…`; several while one rotates
     * @param callable(string $key): bool|null $first whether `$key` is new, and remembers it (for twice the tolerance); false refuses the
     *     message as a replay. OpsIQ's own retries have the same webhook-id and another key
     * @param callable(): int|null $clock unix seconds
     */
    public function __construct(
        #[\SensitiveParameter] mixed $secrets, private int $tolerance_s = 300, ?callable $first = null, ?callable $clock = null,
    ) {
        foreach (is_array($secrets) ? $secrets : [$secrets] as $secret) {
            $this->keys[] = self::key($secret);
        }
        if ($this->keys === []) {
            throw new ConfigurationError('There is no webhook secret to verify with.');
        }
        $this->first = $first === null ? null : \Closure::fromCallable($first);
        $this->clock = \Closure::fromCallable($clock ?? time(...));
    }

    /**
     * A request of Laravel, Symfony or any PSR-7 library; null: the one PHP is serving.
     *
     * @throws WebhookVerificationError
     */
    public function request(?object $request = null): Message
    {
        return match (true) {
            $request === null => $this->verify((string) file_get_contents('php://input'), $_SERVER),
            $request instanceof MessageInterface => $this->verify((string) $request->getBody(), $request->getHeaders()),
            method_exists($request, 'getContent') && is_object($request->headers ?? null)
                => $this->verify($request->getContent(), $request->headers->all()),
            default => throw new ConfigurationError('This is no request: give the raw body and the headers to verify().'),
        };
    }

    /**
     * @param mixed $body the bytes as they came, before anything parsed them
     * @param iterable<mixed> $headers as PSR-7, Laravel and Symfony have them, as getallheaders() or $_SERVER, or as [name, value] pairs
     * @throws WebhookVerificationError whatever is wrong with the message, and nothing else
     */
    public function verify(mixed $body, iterable $headers): Message
    {
        if (!is_string($body)) {
            self::refuse('not_raw', 'The body was handed over parsed. Give the bytes as they came: php://input, getContent(), (string) getBody().');
        }
        $found = self::found($headers);
        foreach (self::NEEDED as $name) {
            ($found[$name][0] ?? '') !== '' || self::refuse('missing_header', "The header $name is missing.");
        }
        foreach (self::NEEDED as $name) {
            count($found[$name]) === 1 || self::refuse('duplicate_header', "The header $name stands twice.");
        }
        [[$id], [$ts], [$signatures]] = array_values(array_intersect_key($found, array_flip(self::NEEDED)));
        if (!preg_match('/\A[\x21-\x2d\x2f-\x7e]{1,255}\z/', $id) || !preg_match('/\A(0|[1-9][0-9]{0,10})\z/', $ts)) {
            self::refuse('malformed', 'The id or the timestamp is malformed.');
        }
        $age = ($this->clock)() - (int) $ts;
        if (abs($age) > $this->tolerance_s) {
            $which = $age > 0 ? ['too_old', 'ago: it is a replay, or a clock is wrong.'] : ['too_new', 'ahead: a clock is wrong.'];
            self::refuse($which[0], 'It was signed ' . abs($age) . " s $which[1]");
        }
        if (!$this->signed($id, $ts, $body, $signatures)) {
            $canonical = Json::canonical($body);
            if ($canonical !== null && $canonical !== $body && $this->signed($id, $ts, $canonical, $signatures)) {
                self::refuse('reserialised', 'The body was parsed and written again on this side. Verify the bytes as they came.');
            }
            self::refuse('no_match', 'No signature on it was made with a secret known here.');
        }
        if ($this->first !== null && !($this->first)("$id.$ts")) {
            self::refuse('replayed', 'It was received before.');
        }
        return Message::read($id, (int) $ts, $body, $found['opsiq-attempt'][0] ?? null, $found['opsiq-delivery-id'][0] ?? null);
    }

    public function __debugInfo(): array
    {
        return ['secrets' => count($this->keys), 'tolerance_s' => $this->tolerance_s];
    }

    private function signed(string $id, string $ts, string $body, string $signatures): bool
    {
        $fits = false;
        foreach ($this->keys as $key) {
            $right = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$ts.$body", $key->reveal(), true));
            foreach (explode(' ', $signatures) as $given) {
                $fits = hash_equals($right, $given) || $fits;
            }
        }
        return $fits;
    }

    /** @return array<string, list<string>> the values of each header that matters, in the order of WANTED */
    private static function found(iterable $headers): array
    {
        $found = array_fill_keys(self::WANTED, []);
        foreach ($headers as $name => $values) {
            [$name, $values] = is_int($name) && is_array($values) && count($values) === 2 ? array_values($values) : [$name, $values];
            $name = str_starts_with((string) $name, 'HTTP_') ? strtr(substr($name, 5), '_', '-') : (string) $name;
            $name = strtolower($name);
            if (isset($found[$name])) {
                array_push($found[$name], ...array_map(static fn ($value) => is_string($value) ? $value : '', array_values((array) $values)));
            }
        }
        return $found;
    }

    private static function key(#[\SensitiveParameter] mixed $secret): Secret
    {
        $key = is_string($secret) && preg_match('#\Awhsec_([A-Za-z0-9+/]+)={0,2}\z#', $secret, $found) ? base64_decode($found[1], true) : false;
        if ($key === false || strlen($key) < 16) {
            throw new ConfigurationError(
                'A webhook secret is whsec_ and base64 of at least 16 bytes, as OpsIQ showed it. Is the environment variable it is kept in set?',
            );
        }
        return new Secret($key);
    }

    private static function refuse(string $reason, string $message): never
    {
        throw new WebhookVerificationError($reason, $message);
    }
}
