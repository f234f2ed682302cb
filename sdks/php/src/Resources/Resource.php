<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Http\Api;
use OpsIQ\Run;

/** What every resource has: the way out, and a walk through pages. */
abstract class Resource
{
    public function __construct(protected Api $api) {}

    /**
     * Every item of every page; the next page is asked for when it is needed.
     *
     * @param class-string<\OpsIQ\Types\Type> $type of a page
     * @param string $place the parameter that a page's `next` goes into
     */
    final protected function each(string $type, array|string $path, array $query, string $place): \Generator
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
