"""AI History leaves as CSV and as JSON lines: whole, oldest first, what the filter lets through."""

from __future__ import annotations

import asyncio
import csv
import io
import json

import pytest
from starlette.types import Message

from agent.history.recorder import EntryType, record_act
from store.database import READERS
from tests.integration.web.api.shop import Shop


async def test_json_lines_hold_every_entry_as_the_api_shows_it(shop: Shop) -> None:
    for name in ("desk one", "desk two"):
        await shop.call("POST", "/v1/keys", {"name": name, "scopes": ["me:read"]})
    page = (await shop.call("GET", "/v1/history", query="limit=200")).json()["data"]
    answer = await shop.call("GET", "/v1/history/export.jsonl")
    assert answer.headers["content-type"] == "application/jsonl"
    assert answer.headers["content-disposition"] == 'attachment; filename="opsiq-history.jsonl"'
    *lines, own = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == list(reversed(page))
    assert (own["kind"], own["request_id"]) == ("exported", answer.headers["x-request-id"]), "taking it is an entry too"
    assert answer.text.endswith("}\n")
    made = await shop.call("GET", "/v1/history/export.jsonl", query="kind=key_created&q=desk+two")
    assert [json.loads(line)["data"]["name"] for line in made.text.splitlines()] == ["desk two"]
    none = await shop.call("GET", "/v1/history/export.jsonl", query="kind=drifted")
    assert none.text == ""


async def test_csv_holds_the_same_entries(shop: Shop) -> None:
    lines = [json.loads(line) for line in (await shop.call("GET", "/v1/history/export.jsonl")).text.splitlines()]
    *rows, own = list(csv.DictReader(io.StringIO((await shop.call("GET", "/v1/history/export.csv")).text)))
    assert own["kind"] == "exported"
    assert [(row["seq"], row["kind"], row["digest"]) for row in rows] == [
        (str(line["seq"]), line["kind"], line["digest"]) for line in lines
    ]


class SlowReader:
    """A client of one download that reads nothing after the head until it is let."""

    def __init__(self, shop: Shop, path: str) -> None:
        self.head, self.reads = asyncio.Event(), asyncio.Event()
        self.status, self.body, self._sent = 0, b"", False
        self._shop, self._path = shop, path

    async def download(self) -> None:
        signed = self._shop.signature("GET", self._path, self._shop.keys["olivia"])
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"shop.test"), (b"authorization", signed.encode())],
            "client": ("203.0.113.9", 4000),
            "server": ("shop.test", 80),
        }
        await self._shop.app(scope, self._receive, self._send)

    async def _receive(self) -> Message:
        if self._sent:
            await asyncio.Event().wait()  # it stays connected
        self._sent = True
        return {"type": "http.request", "body": b"", "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.head.set()
            return
        await self.reads.wait()
        self.body += message.get("body", b"")


async def write_entries(shop: Shop, count: int) -> None:
    async with shop.container.database.begin() as session:
        for _ in range(count):
            await record_act(session, shop.actors["olivia"], EntryType.EXPORTED, shop.clock(), what="cases", count=0)


@pytest.mark.parametrize("path", ["/v1/history/export.csv", "/v1/history/export.jsonl"])
async def test_downloads_that_nobody_reads_hold_no_connection_to_the_database(shop: Shop, path: str) -> None:
    await write_entries(shop, 450)
    readers = [SlowReader(shop, path) for _ in range(READERS)]
    async with asyncio.TaskGroup() as tasks:
        for each in readers:
            tasks.create_task(each.download())
        async with asyncio.timeout(20):  # the database itself would make others wait for a minute
            for each in readers:
                await each.head.wait()
            assert (await shop.call("GET", "/v1/me")).status_code == 200
        for each in readers:
            each.reads.set()
    assert {each.status for each in readers} == {200}
    rows = [{*each.body.splitlines()} for each in readers]
    fewest = min(rows, key=len)  # each download is an entry itself
    assert all(fewest <= each and len(each) < len(fewest) + READERS for each in rows)


async def test_what_is_written_during_a_download_is_not_in_it(shop: Shop) -> None:
    await write_entries(shop, 450)
    before = (await shop.call("GET", "/v1/history/export.jsonl")).text.splitlines()
    reader = SlowReader(shop, "/v1/history/export.jsonl")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(reader.download())
        await reader.head.wait()
        await write_entries(shop, 450)
        reader.reads.set()
    rows = reader.body.decode().splitlines()
    assert rows[: len(before)] == before
    assert len(rows) <= len(before) + 2  # the two downloads are entries themselves


async def test_cases_of_several_requests_at_once_leave_connections_for_others(shop: Shop) -> None:
    async with asyncio.timeout(20):
        answers = await asyncio.gather(*(shop.call("GET", "/v1/history/cases") for _ in range(READERS + 1)))
    assert {each.status_code for each in answers} == {200}


async def test_searches_of_one_workspace_take_turns_and_keep_no_page_waiting(shop: Shop) -> None:
    workspace = shop.actors["olivia"].workspace
    async with shop.app.state.search_turns.take(workspace):
        searches = [asyncio.create_task(shop.call("GET", "/v1/history", query="q=zq")) for _ in range(9)]
        assert (await shop.call("GET", "/v1/history")).status_code == 200
        assert (await shop.call("GET", "/v1/history", query="kind=key_created")).status_code == 200
        assert not any(each.done() for each in searches)
    assert {(await each).status_code for each in searches} == {200}
