<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Http\Api;

abstract class Resource
{
    public function __construct(protected Api $api)
    {
    }

    /**
     * Every item of every page; the next page is asked for when it is needed.
     *
     * @param class-string<\OpsIQ\Types\Type> $type of a page
     * @param list<string> $path
     * @param string $place the parameter that a page's `next` goes into
     */
    protected function each(string $type, array $path, array $query, string $place): \Generator
    {
        do {
            $page = $this->api->call($type, 'GET', $path, $query);
            yield from array_values($page->data);
            $query[$place] = $page->next;
        } while ($page->next !== null);
    }
}
