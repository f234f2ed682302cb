"""Each list and each record is read at most once for a request, and a whole list in place of its records."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from agent.pipeline import Plan, Reply
from agent.planning.propose import propose
from agent.planning.task import make_task
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.answer_pages import AnswerPages
from agent.runs.run import Run
from agent.workspace.context import WorkspaceContext
from executors.http.platform_client import HttpPlatformClient
from executors.http.ssrf_guard import SsrfGuard
from registry.catalogue import Catalogue
from registry.declarative.document import parse
from registry.declarative.records import DeclarativeRecords
from registry.records import Kinds
from tests.integration.executors.http.peers import LOOPBACK, Peer, answer, peer, take
from tests.unit.agent.validate.fake_platform import NOW, OWNER, contract

PAGES: dict[str, Any] = {
    "type": "page", "place": {"query": "page"}, "size": {"query": "size"}, "total": "/count", "max_size": 25,
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "schema": "opsiq/connector/v1",
    "name": "orchard",
    "title": "Orchard",
    "kinds": {
        "keeper": {
            "title": "Keeper",
            "nouns": ["keeper", "keepers"],
            "label": "{name}",
            "fields": {"id": {"type": "id"}, "name": {"search": "name", "label": "Name"}},
            "list": {"path": "/keepers", "records": "/rows", "pagination": PAGES},
            "get": {"path": "/keepers/{id}"},
        },
        "hive": {
            "title": "Hive",
            "nouns": ["hive", "hives"],
            "label": "{name}",
            "detail": "{keeper}",
            "fields": {
                "id": {"type": "id"},
                "name": {"search": "name", "label": "Name"},
                "keeper_id": {"type": "id"},
                "keeper": {"of": {"via": "keeper_id", "field": "name"}, "search": "name", "label": "Keeper"},
                "spot": {"label": "Spot"},
            },
            "relations": [{"kind": "keeper", "via": "keeper_id"}],
            "list": {"path": "/hives", "records": "/rows", "pagination": PAGES},
            "get": {"path": "/hives/{id}"},
        },
    },
}
NAMES = ("Amber", "Birch", "Cedar", "Dahlia", "Elder", "Fennel", "Gorse", "Hazel", "Iris", "Juniper", "Kale", "Laurel")
ROWS: dict[str, list[dict[str, Any]]] = {
    "hives": [
        {"id": at, "name": f"{name} hive", "keeper_id": 100 + at, "spot": "hill"} for at, name in enumerate(NAMES, 1)
    ],
    "keepers": [{"id": 100 + at, "name": f"Keeper {name}son"} for at, name in enumerate(NAMES, 1)],
}
MOVE = contract(
    "orchard.move_hive",
    title="Move a hive",
    description="Put a hive in another spot.",
    parameters={
        "type": "object", "additionalProperties": False, "required": ["hive", "spot"],
        "properties": {"hive": {"type": "integer"}, "spot": {"enum": ["hill", "meadow", "pond"]}},
    },
    annotations={"hive": {"record": "hive", "label": "Hive"}, "spot": {"label": "Spot"}},
    examples=["move Amber to the meadow", "put Birch at the pond"],
    aliases=["put"],
)  # fmt: skip


async def orchard(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        asked = urlsplit((await take(there, reader, writer)).line.split()[1])
        name, *number = asked.path.strip("/").split("/")
        query = {key: int(value) for key, (value,) in parse_qs(asked.query).items()}
        if number:
            body: Any = next(row for row in ROWS[name] if str(row["id"]) == number[0])
        else:
            first = (query["page"] - 1) * query["size"]
            body = {"rows": ROWS[name][first : first + query["size"]], "count": len(ROWS[name])}
        writer.write(answer(200, json.dumps(body).encode()))
        await writer.drain()


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[WorkspaceContext, Peer]]:
    async with (
        peer(orchard) as there,
        HttpPlatformClient(f"http://127.0.0.1:{there.port}", "t", guard=SsrfGuard(LOOPBACK)) as client,
    ):
        kinds = Kinds([DeclarativeRecords(client, parse(DOCUMENT), {})])
        yield WorkspaceContext("g1", Catalogue([MOVE]), kinds, kinds), there


def run_of(text: str) -> Run:
    return Run(
        id="run_1", workspace="ws_1", session_id="s", actor=OWNER, surface="admin", text=text, now=NOW,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


async def say(text: str, context: WorkspaceContext) -> Any:
    return (await propose(make_task(run_of(text), context, ()), RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("which hives are there?", Reply),
        ("show the hives of Keeper Hazelson", Reply),
        ("move the Cedar hive to the meadow", Plan),
        ("move the Cedar hive and the Iris hive to the pond", Plan),
    ],
)
async def test_a_request_reads_nothing_twice_and_lists_whole(text: str, shape: type) -> None:
    async with opened() as (context, there):
        verdict = await say(text, context)
        assert isinstance(verdict, shape), verdict
        asked = [each.line for each in there.requests]
    assert sorted(asked) == sorted(set(asked))
    assert len(asked) <= 4, asked


async def test_the_check_before_sending_reads_anew() -> None:
    async with opened() as (context, there):
        await say("move the Cedar hive to the meadow", context)
        before = len(there.requests)
        assert await context.live.record("hive", "3") is not None
        assert [each.line.split()[1] for each in there.requests[before:]] == ["/hives/3", "/keepers/103"]


async def test_a_page_of_an_answer_reads_nothing_twice_either() -> None:
    run = run_of("show the hives of Keeper Hazelson")
    async with opened() as (context, there):
        outcome = await propose(make_task(run, context, ()), RuleResolver())
        answered = run.with_(reply=outcome.verdict, proposal=outcome.proposal)

        async def show(*_: object) -> Run:
            return answered

        async def thread_of(*_: object) -> list[Run]:
            return [answered]

        async def of(*_: object) -> WorkspaceContext:
            return context

        runs: Any = SimpleNamespace(show=show, thread_of=thread_of)
        contexts: Any = SimpleNamespace(of=of)
        before = len(there.requests)
        page = await AnswerPages(runs, contexts, 5.0).read(OWNER, "run_1", start=0)
        asked = [each.line for each in there.requests[before:]]
    assert [each.label for each in page.records] == ["Hazel hive"]
    assert sorted(asked) == sorted(set(asked))
