<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Http\Api;
use OpsIQ\Run;

/** What every resource does: make a call, walk through pages. */
abstract class Resource
{
    public function __construct(private Api $api) {}

    /** @see Api::call */
    final protected function call(?string $type, string $method, array $path, mixed ...$more): mixed
    {
        $answer = $this->api->call($type, $method, $path, ...$more);
        return $answer instanceof Run ? $answer->of($this->api) : $answer;
    }

    /**
     * Every item of every page; the next page is asked for when it is needed.
     *
     * @param class-string<\OpsIQ\Types\Type> $type of a page
     * @param list<string> $path
     * @param string $place the parameter that a page's `next` goes into
     */
    final protected function each(string $type, array $path, array $query, string $place): \Generator
    {
        do {
            $page = $this->api->call($type, 'GET', $path, $query);
            foreach (array_values($page->data) as $at => $each) {
                yield $at => $each instanceof Run ? $each->of($this->api) : $each;
            }
            $query[$place] = $page->next;
        } while ($page->next !== null);
    }
}
