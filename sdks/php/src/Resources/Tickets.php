<?php

declare(strict_types=1);

namespace OpsIQ\Resources;

use OpsIQ\Types\Record;
use OpsIQ\Types\RecordPage;

final class Tickets extends Resource
{
    /**
     * Every ticket that fits, newest first, page after page as you go on.
     *
     * @param array<string, mixed> $filters any declared field and its value, a list for any of several: `['status' => 'open']`
     * @param int|null $limit of a page
     * @param string|null $cursor where to go on: the `next` of a page with the same filters
     * @return \Generator<int, Record>
     */
    public function list(array $filters = [], ?int $limit = null, ?string $cursor = null): \Generator
    {
        return $this->each(RecordPage::class, ['tickets'], $filters + ['limit' => $limit, 'cursor' => $cursor], 'cursor');
    }

    /** One page; its `next` is the `$cursor` of the page after it, with the same filters. */
    public function page(array $filters = [], ?string $cursor = null, ?int $limit = null): RecordPage
    {
        return $this->api->call(RecordPage::class, 'GET', ['tickets'], $filters + ['limit' => $limit, 'cursor' => $cursor]);
    }
}
