"""MCP clients of the official SDK, of either era, against a real server: the refund story, and what a client can't
do."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from mcp.client.client import Client as McpClient
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult

from core.crypto.mcp_token import make_token
from tests.acceptance.installation import Installation

ERAS = ("legacy", "2026-07-28")


@asynccontextmanager
async def connected(
    world: Installation, person: str, mode: str, *, token: str = "", query: str = "", **options: Any
) -> Any:
    """An official client that sends the MCP token of the person's key."""
    key = world.clients[person]
    headers = {"Authorization": f"Bearer {token or make_token(key.key, key.secret)}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60, trust_env=False) as http,
        McpClient(streamable_http_client(f"{world.url}/mcp{query}", http_client=http), mode=mode, **options) as client,
    ):
        yield client


def told(result: CallToolResult) -> dict[str, Any]:
    assert isinstance(result.structured_content, dict), result
    return result.structured_content


@pytest.mark.parametrize("mode", ERAS)
async def test_the_refund_story_sends_the_signed_call_only_after_a_person_confirmed(
    world: Installation, mode: str
) -> None:
    async with connected(world, "olivia", mode) as client:
        names = {each.name for each in (await client.list_tools()).tools}
        assert {"ask", "find_action", "run_action", "answer_question", "run_status"} <= names
        asked = told(await client.call_tool("ask", {"text": "refund Adam's last invoice"}))
        assert asked["state"] == "asked", asked
        adam = next(each for each in asked["question"]["choices"] if "Nowak" in each["label"])
        held = told(await client.call_tool("answer_question", {"run_id": asked["run_id"], "choice": adam["id"]}))
        assert held["state"] == "held", held
        assert held["card"]["confirm_at"].endswith(f"/runs/{held['run_id']}")
        assert world.received_of(held["run_id"]) == []
        run = world.clients["olivia"].get(f"/v1/runs/{held['run_id']}")
        waiting = asyncio.create_task(client.call_tool("run_status", {"run_id": held["run_id"], "wait_s": 30}))
        await asyncio.to_thread(world.confirm, "olivia", run)
        done = told(await waiting)
        assert done["state"] == "succeeded", done
    (received,) = world.received_of(held["run_id"])
    assert received["times_received"] == 1
    assert world.entries(run, "prompt")[0]["data"]["via"] == "mcp"
