<?php

declare(strict_types=1);

namespace OpsIQ\Http;

use OpsIQ\Errors\{ConfigurationError, TransportError};
use Psr\Http\Client\{ClientExceptionInterface, ClientInterface};
use Psr\Http\Message\{RequestFactoryInterface, StreamFactoryInterface};

/**
 * Any PSR-18 client. Time limits, proxies and TLS are that client's own affair; it must not follow redirects (PSR-18 forbids it to). It is
 * asked to keep no connection: over one that has died, curl, on which most are built, sends the same bytes again, and what is signed may be
 * sent once.
 */
final class Psr18Transport implements Transport
{
    private const KNOWN = ['GuzzleHttp\Psr7\HttpFactory', 'Nyholm\Psr7\Factory\Psr17Factory', 'Laminas\Diactoros\RequestFactory'];

    private RequestFactoryInterface $requests;
    private StreamFactoryInterface $streams;

    /** Without factories: the client's own where it is one (Symfony's is), else those of the PSR-7 libraries that are there. */
    public function __construct(private ClientInterface $client, ?RequestFactoryInterface $requests = null, ?StreamFactoryInterface $streams = null)
    {
        $found = array_map(static fn (string $class) => new $class(), array_filter(self::KNOWN, class_exists(...)));
        foreach ([$client, ...$found] as $each) {
            $requests ??= $each instanceof RequestFactoryInterface ? $each : null;
            $streams ??= $each instanceof StreamFactoryInterface ? $each : null;
        }
        if ($requests === null || $streams === null) {
            throw new ConfigurationError('A PSR-18 client needs PSR-17 factories: give them as request_factory and stream_factory.');
        }
        $this->requests = $requests;
        $this->streams = $streams;
    }

    public function send(Request $request): Answer
    {
        $message = $this->requests->createRequest($request->method, $request->origin . $request->target);
        if ($message->getRequestTarget() !== $request->target) {
            throw new ConfigurationError("The PSR-7 library rewrites addresses: {$request->target} became {$message->getRequestTarget()}.");
        }
        foreach ($request->headers + ['Connection' => 'close'] as $name => $value) {
            $message = $message->withHeader($name, $value);
        }
        if ($request->body !== '') {
            $message = $message->withBody($this->streams->createStream($request->body));
        }
        try {
            $answer = $this->client->sendRequest($message);
            $body = (string) $answer->getBody();
        } catch (ClientExceptionInterface | \RuntimeException $error) {
            throw new TransportError($error->getMessage(), previous: $error);
        }
        $headers = array_map(static fn (array $values) => implode(', ', $values), $answer->getHeaders());
        return new Answer($answer->getStatusCode(), array_change_key_case($headers), $body);
    }
}
