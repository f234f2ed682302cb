"""Credentials of MCP servers: a connection's, sent to its own origin alone, and shown in nothing."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agent.credentials.kinds import read_credential
from agent.pipeline import Step
from agent.sending.mcp_endpoint import McpCredentials, McpEndpointClient
from core.errors import NotAuthentic
from executors.http.ssrf_guard import SsrfGuard
from executors.mcp.client import list_tools
from executors.mcp.servers import McpServer, McpServers
from registry.endpoints.types import McpEndpoint
from registry.importing.mcp.tools import digest_tool
from tests.integration.agent.agent_harness import AgentHarness
from tests.integration.agent.sending.api_server import Endpoints, open_endpoints
from tests.integration.executors.mcp import tool_server

TOKEN = "tok-7c11-of-the-vault"


@pytest.fixture
async def endpoints(harness: AgentHarness) -> AsyncIterator[Endpoints]:
    async with open_endpoints(harness) as made:
        yield made


def credentials(endpoints: Endpoints) -> McpCredentials:
    return McpCredentials(endpoints.harness.contexts, endpoints.vault)


async def given(endpoints: Endpoints, **credential: Any) -> None:
    await endpoints.vault.put(endpoints.harness.people["olivia"], "saas", read_credential(credential))


async def test_a_connections_credentials_go_to_its_own_origin_and_nowhere_else(endpoints: Endpoints) -> None:
    ask, workspace = credentials(endpoints), endpoints.harness.workspace
    with pytest.raises(NotAuthentic, match="no credentials yet"):
        await ask(workspace, "saas", f"{endpoints.api.url}/mcp")
    await given(endpoints, type="bearer", token=TOKEN)
    assert await ask(workspace, "saas", f"{endpoints.api.url}/mcp") == {"authorization": f"Bearer {TOKEN}"}
    for elsewhere in ("https://evil.example/mcp", "http://127.0.0.1:9/mcp", endpoints.api.url.replace("http", "https")):
        with pytest.raises(NotAuthentic, match="go nowhere else") as refused:
            await ask(workspace, "saas", elsewhere)
        assert TOKEN not in str(refused.value)
    with pytest.raises(NotAuthentic, match="no connection"):
        await ask(workspace, "unknown", f"{endpoints.api.url}/mcp")
    with pytest.raises(NotAuthentic, match="no connection"):
        await ask("ws_of_somebody_else", "saas", f"{endpoints.api.url}/mcp")


async def test_a_credential_in_the_query_is_not_sent_to_a_tool_server(endpoints: Endpoints) -> None:
    await given(endpoints, type="query", name="key", value=TOKEN)
    with pytest.raises(NotAuthentic, match="of a kind"):
        await credentials(endpoints)(endpoints.harness.workspace, "saas", f"{endpoints.api.url}/mcp")


async def test_a_tools_call_carries_them_and_none_is_made_without_them(endpoints: Endpoints) -> None:
    async def suspend(*_: Any) -> None:
        raise AssertionError("nothing changed")

    url = f"{endpoints.api.url}/mcp"
    servers = McpServers({"crm": McpServer("crm", frozenset({"*"}), url=url, credentials="saas")})
    client = McpEndpointClient(servers, SsrfGuard(["127.0.0.0/8"]), suspend, credentials(endpoints))
    endpoint = McpEndpoint(type="mcp", connection="crm", tool="note", schema_digest="sha256:" + "0" * 64)
    step = Step.model_construct(endpoint=endpoint, url=url, payload="{}", action="crm.note", version=1)
    refused = await client.call(endpoints.harness.workspace, step, attempt=1)
    assert refused.verdict == "not_done"
    assert "no credentials yet" in refused.said
    assert endpoints.api.requests == []
    await given(endpoints, type="bearer", token=TOKEN)
    answer = await client.call(endpoints.harness.workspace, step, attempt=1)
    assert {each.headers["authorization"] for each in endpoints.api.requests} == {f"Bearer {TOKEN}"}
    assert TOKEN not in answer.said


async def test_a_tool_that_repeats_its_credentials_is_kept_without_them(endpoints: Endpoints) -> None:
    async def suspend(*_: Any) -> None:
        raise AssertionError("nothing changed")

    headers = {"authorization": f"Bearer {TOKEN}"}
    shelf = McpServer("shelf", frozenset({"*"}), command=sys.executable, args=(tool_server.__file__,), headers=headers)
    guard = SsrfGuard()
    (tool,) = [each for each in await list_tools(shelf, guard) if each["name"] == "shelve"]
    client = McpEndpointClient(McpServers({"shelf": shelf}), guard, suspend)
    endpoint = McpEndpoint(type="mcp", connection="shelf", tool="shelve", schema_digest=digest_tool(tool))
    payload = f'{{"article":"{TOKEN}"}}'
    step = Step.model_construct(endpoint=endpoint, url=shelf.address, payload=payload, action="shelf.shelve", version=1)
    answer = await client.call(endpoints.harness.workspace, step, attempt=1)
    assert (answer.verdict, answer.result) == ("done", b'{"article":"***","count":1}')
