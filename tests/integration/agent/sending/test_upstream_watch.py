"""Upstream documents looked at before a call: what changed suspends the contract, and trouble with a document stops
nothing."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import store.contracts
from agent.sending.http_endpoint import HttpEndpointClient
from agent.workspace.upstream_watch import UpstreamWatch
from core.actor import Actor
from executors.http.ssrf_guard import SsrfGuard
from executors.importing.import_process import ImportProcess
from executors.importing.sources import TextSource
from tests.integration.agent.agent_harness import ADDRESS, AgentHarness
from tests.integration.agent.sending.api_server import Endpoints, open_endpoints

pytestmark = pytest.mark.usefixtures("forked_children")

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
KEY = "POST /customers/{id}/email"


def document(*more: Mapping[str, Any], words: str = "") -> dict[str, Any]:
    operation = {"description": words, "parameters": [ID, *more], "responses": {}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/customers/{id}/email": {"post": operation}},
    }


NEEDED = {"name": "reason", "in": "query", "required": True, "schema": {"type": "string"}}


@pytest.fixture
async def endpoints(harness: AgentHarness) -> AsyncIterator[Endpoints]:
    async with open_endpoints(harness) as made:
        yield made


def watch_of(endpoints: Endpoints, *, allow: tuple[str, ...] = ("127.0.0.0/8",), every_s: int = 600) -> UpstreamWatch:
    """Put before the harness's own calls."""
    harness = endpoints.harness

    async def suspend(workspace: str, name: str, version: int, reason: Mapping[str, Any]) -> None:
        system = Actor(workspace, id="opsiq", kind="system", name="OpsIQ", role="", person="")
        await harness.contract_admin.suspend(system, name, version, reason)

    every = timedelta(seconds=every_s)
    watch = UpstreamWatch(harness.database, harness.contexts, SsrfGuard(allow), suspend, harness.clock, every)
    client = harness.sender.endpoints["http"]
    assert isinstance(client, HttpEndpointClient)
    watched = replace(client, find_change=watch.find_change)
    harness.sender = replace(harness.sender, endpoints={"http": watched})
    return watch


async def pinned(endpoints: Endpoints, given: Mapping[str, Any]) -> None:
    """The action pins the operation of this document, which the server answers to every GET."""
    drafted = await ImportProcess().run({"do": "draft", "decisions": None}, [TextSource(json.dumps(given).encode())])
    digest = drafted["contracts"][0]["upstream"]["schema_digest"]
    raw = json.dumps(given).encode()
    endpoints.api.reads = [(200, given)]
    upstream = {
        "document": "sha256:" + hashlib.sha256(raw).hexdigest(),
        "operation": KEY,
        "schema_digest": digest,
        "address": f"{endpoints.api.url}/openapi.json",
    }
    await endpoints.register(upstream=upstream)


async def state_of(endpoints: Endpoints) -> str:
    async with endpoints.harness.database.read() as session:
        rows = await store.contracts.versions(session, endpoints.harness.workspace, ADDRESS[1])
    return rows[0].state


async def test_an_unchanged_document_is_looked_at_once_in_a_while_and_stops_nothing(endpoints: Endpoints) -> None:
    await pinned(endpoints, document())
    watch_of(endpoints)
    endpoints.api.reads = [(200, document(words="The same, said otherwise."))]
    for _ in range(2):
        assert (await endpoints.send()).state == "succeeded"
    assert [each.path for each in endpoints.api.of("GET")] == ["/openapi.json"]
    assert await state_of(endpoints) == "active"


async def test_a_changed_operation_suspends_the_contract_before_anything_is_sent(endpoints: Endpoints) -> None:
    await pinned(endpoints, document())
    watch = watch_of(endpoints)
    endpoints.api.reads = [(200, document(NEEDED))]
    run = await endpoints.send()
    assert run.state == "failed"
    assert "not the one that was signed, so nothing was sent" in run.outcomes[0].detail
    assert "reason" in run.outcomes[0].detail
    assert endpoints.api.of("POST") == []
    assert await state_of(endpoints) == "suspended"
    # An owner has looked and puts it in force again: the same document doesn't suspend it another time.
    await endpoints.harness.contract_admin.reinstate(endpoints.harness.people["olivia"], ADDRESS[1])
    watch._looks.clear()
    assert (await endpoints.send()).state == "succeeded"
    assert await state_of(endpoints) == "active"


@pytest.mark.parametrize("reads", [(500, {}), (404, {}), (200, {"not": "openapi"}), (200, [])])
async def test_a_document_in_trouble_stops_no_call(endpoints: Endpoints, reads: tuple[int, Any]) -> None:
    await pinned(endpoints, document())
    watch_of(endpoints)
    endpoints.api.reads = [reads]
    assert (await endpoints.send()).state == "succeeded"
    assert await state_of(endpoints) == "active"


async def test_a_document_is_fetched_through_the_guard_and_never_where_looks_are_off(endpoints: Endpoints) -> None:
    await pinned(endpoints, document())
    watch_of(endpoints, allow=())
    assert (await endpoints.send()).state == "succeeded"
    watch_of(endpoints, every_s=0)
    assert (await endpoints.send()).state == "succeeded"
    assert endpoints.api.of("GET") == []


async def test_a_look_that_takes_long_is_not_waited_for(endpoints: Endpoints) -> None:
    class Slow(ImportProcess):
        async def run(self, task: Any, sources: Any) -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

    await pinned(endpoints, document())
    watch = watch_of(endpoints)
    watch.process, watch.wait_s = Slow(), 0.05
    endpoints.api.reads = [(200, document(NEEDED))]
    assert (await endpoints.send()).state == "succeeded"
    await watch.close()


async def test_a_change_that_can_not_be_written_down_now_is_not_called_all_the_same(endpoints: Endpoints) -> None:
    async def down(*_: Any) -> None:
        raise OSError("the database is away")

    await pinned(endpoints, document())
    watch = watch_of(endpoints)
    watch.suspend = down
    endpoints.api.reads = [(200, document(NEEDED))]
    run = await endpoints.send()
    assert run.state == "failed"
    assert "so nothing was sent" in run.outcomes[0].detail
    assert endpoints.api.of("POST") == []
