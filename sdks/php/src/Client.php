<?php

declare(strict_types=1);

namespace OpsIQ;

use OpsIQ\Errors\ConfigurationError;
use OpsIQ\Http\{Api, CurlTransport, Psr18Transport, Retries, Transport};
use Psr\Http\Client\ClientInterface;

/** An OpsIQ server, spoken to with one API key. */
final class Client
{
    public const VERSION = '0.1.0';

    private const DEFAULTS = [
        'public_key' => null, 'secret_key' => null, 'base_url' => null, 'timeout_s' => 30.0, 'connect_timeout_s' => 5.0, 'deadline_s' => null,
        'max_retries' => 3, 'logger' => null, 'app' => null, 'http_client' => null, 'request_factory' => null, 'stream_factory' => null,
        'clock' => null, 'sleep' => null,
    ];

    public readonly Resources\Events $events;
    public readonly Resources\Actions $actions;
    public readonly Resources\Runs $runs;
    public readonly Resources\Customers $customers;
    public readonly Resources\Tickets $tickets;
    public readonly Resources\Webhooks $webhooks;
    public readonly Resources\Connectors $connectors;
    public readonly Resources\Catalogue $catalogue;
    public readonly Resources\Contracts $contracts;
    public readonly Resources\Me $me;
    private Api $api;
    private string $base_url;
    private string $public_key;

    /**
     * - `public_key`, `secret_key`: the API key's pair; where neither is given, the environment's `OPSIQ_KEY` and `OPSIQ_SECRET`.
     * - `base_url`: where the server is; by default the environment's `OPSIQ_URL`, else `http://127.0.0.1:8080`.
     * - `timeout_s` (30) for an attempt, `connect_timeout_s` (5) of it to connect; `deadline_s` (none) for a call with all its retries.
     * - `max_retries` (3).
     * - `logger`: a PSR-3 logger, or a callable of the form `log(string $level, string $message, array $context)`.
     * - `app`: added to the user agent, as in `my-shop/2.1`.
     * - `http_client`: a PSR-18 client (`request_factory`, `stream_factory`: PSR-17, where they aren't found), or a Transport.
     * - `clock` (unix seconds), `sleep` (of seconds): for tests.
     *
     * @param array<string, mixed> $options
     * @throws ConfigurationError
     */
    public function __construct(#[\SensitiveParameter] array $options = [])
    {
        if ($unknown = array_diff_key($options, self::DEFAULTS)) {
            throw new ConfigurationError('There is no option ' . implode(', ', array_keys($unknown)) . '.');
        }
        $options += self::DEFAULTS;
        foreach (['timeout_s', 'connect_timeout_s'] as $name) {
            is_numeric($options[$name]) && $options[$name] > 0 || throw new ConfigurationError("$name must be a number of seconds above 0.");
        }
        is_int($options['max_retries']) && $options['max_retries'] >= 0 || throw new ConfigurationError('max_retries must be 0 or more.');
        preg_match('/\A[\x20-\x7e]*\z/', (string) $options['app']) || throw new ConfigurationError('app must be printable ASCII.');
        if ($options['public_key'] === null && $options['secret_key'] === null) {  // never one half from here, the other from there
            [$options['public_key'], $options['secret_key']] = [getenv('OPSIQ_KEY'), getenv('OPSIQ_SECRET')];
        }
        [$this->public_key, $secret] = self::keys($options['public_key'], $options['secret_key']);
        $this->base_url = rtrim((string) ($options['base_url'] ?? (getenv('OPSIQ_URL') ?: 'http://127.0.0.1:8080')), '/');
        preg_match('#\Ahttps?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?\z#', $this->base_url)
            || throw new ConfigurationError("base_url must look like https://opsiq.example, without a path: '$this->base_url'.");
        $http = $options['http_client'] ?? new CurlTransport();
        $this->api = new Api(
            $this->base_url, $this->public_key, $secret,
            match (true) {
                $http instanceof Transport => $http,
                $http instanceof ClientInterface => new Psr18Transport($http, $options['request_factory'], $options['stream_factory']),
                default => throw new ConfigurationError('http_client must be a PSR-18 client.'),
            },
            new Retries($options['max_retries'], static fn (): float => mt_rand() / (mt_getrandmax() + 1)),
            trim('opsiq-php/' . self::VERSION . ' php/' . PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION . " $options[app]"),
            (float) $options['timeout_s'], (float) $options['connect_timeout_s'],
            $options['deadline_s'] === null ? null : (float) $options['deadline_s'], self::log($options['logger']),
            \Closure::fromCallable($options['clock'] ?? static fn (): float => microtime(true)),
            \Closure::fromCallable($options['sleep'] ?? static fn (float $s) => usleep((int) ($s * 1e6))),
        );
        $this->events = new Resources\Events($this->api);
        $this->runs = new Resources\Runs($this->api);
        $this->actions = new Resources\Actions($this->api);
        $this->customers = new Resources\Customers($this->api);
        $this->tickets = new Resources\Tickets($this->api);
        $this->webhooks = new Resources\Webhooks($this->api);
        $this->connectors = new Resources\Connectors($this->api);
        $this->catalogue = new Resources\Catalogue($this->api);
        $this->contracts = new Resources\Contracts($this->api);
        $this->me = new Resources\Me($this->api);
    }

    /**
     * Any other endpoint, signed and retried alike: `$ops->request('GET', '/v1/history', ['limit' => 20])`.
     *
     * @param string|null $idempotency_key null: one is made for a POST
     */
    public function request(string $method, string $path, array $query = [], ?array $body = null, ?string $idempotency_key = null): mixed
    {
        if (!preg_match('#\A/[\x21\x22\x24-\x3e\x40-\x7e]*\z#', $path) || preg_match('#/(\.|%2e){1,2}(/|\z)#i', $path)) {
            throw new ConfigurationError('A path begins with /, is encoded, and has no . or .. in it; the query is apart.');
        }
        return $this->api->call(null, strtoupper($method), $path, $query, $body === null ? null : Json::object($body, 'The body'), $idempotency_key);
    }

    public function __debugInfo(): array
    {
        return ['base_url' => $this->base_url, 'public_key' => $this->public_key];
    }

    public function __serialize(): array
    {
        throw new \LogicException('A client is not serialised. Make it where it is used.');
    }

    /** @return array{string, Secret} */
    private static function keys(#[\SensitiveParameter] mixed $public, #[\SensitiveParameter] mixed $secret): array
    {
        $from = ' Make a key pair with `opsiq keys create`, and see that the environment variable it is kept in is set.';
        if (!is_string($public) || !preg_match('/\Apk_[A-Za-z0-9_-]{1,96}\z/', $public)) {
            throw new ConfigurationError('public_key must be a text that begins with pk_.' . $from);
        }
        if (!is_string($secret) || !preg_match('/\Ask_\S+\z/', $secret)) {
            throw new ConfigurationError('secret_key must be a text that begins with sk_: the secret of the public key.' . $from);
        }
        foreach (['test' => 'live', 'live' => 'test'] as $one => $other) {
            if (str_starts_with($public, "pk_{$one}_") && str_starts_with($secret, "sk_{$other}_")) {
                throw new ConfigurationError("public_key is a $one key, secret_key is of a $other key.");
            }
        }
        return [$public, new Secret($secret)];
    }

    private static function log(mixed $logger): ?\Closure
    {
        return match (true) {
            $logger === null => null,
            is_object($logger) && method_exists($logger, 'log') => $logger->log(...),
            is_callable($logger) => static fn (string $level, string $message, array $context) => $logger($level, self::filled($message, $context), $context),
            default => throw new ConfigurationError('logger must be a PSR-3 logger or a callable.'),
        };
    }

    /** PSR-3's placeholders filled in: a callable, unlike a logger, prints the message as it comes. */
    private static function filled(string $message, array $context): string
    {
        return strtr($message, array_combine(array_map(static fn ($name) => '{' . $name . '}', array_keys($context)), array_map(strval(...), $context)));
    }
}
