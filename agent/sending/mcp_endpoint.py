"""MCP endpoint client: calls a tool on a server that the operator set up, if the tool is still the signed one.
Credentials of a workspace's connection go only to that connection's origin."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from agent.credentials.oauth import CredentialsRefused
from agent.credentials.vault import ConnectionMoved, Vault
from agent.pipeline import Step
from agent.sending.action_secrets import find_origin
from agent.workspace.context import WorkspaceContexts
from core.errors import NotAuthentic, Unavailable
from executors.http.credentials import AppliedCredentials
from executors.http.ssrf_guard import SsrfGuard
from executors.mcp.client import call_tool
from executors.mcp.servers import McpServers
from executors.retry import EndpointReply, Reply
from registry.endpoints.types import McpEndpoint
from registry.importing.mcp import tools as mcp_tools

Credentials = Callable[[str, str, str], Awaitable[Mapping[str, str]]]
"""Returns the headers with the credentials of a workspace's connection for an address. Raises NotAuthentic if there are
none for this address, and CredentialsRefused or Unavailable if no access token can be obtained."""
Suspend = Callable[[str, Step, str], Awaitable[None]]
"""Suspends the contract of a workspace's step, with the change of its tool as the reason."""


@dataclass(frozen=True)
class McpEndpointClient:
    servers: McpServers
    guard: SsrfGuard
    suspend: Suspend
    credentials: Credentials | None = None

    async def call(self, workspace: str, step: Step, *, attempt: int) -> EndpointReply:  # noqa: ARG002
        """Makes one attempt at a tool's call (``EndpointClient``)."""
        endpoint = step.endpoint
        assert isinstance(endpoint, McpEndpoint)
        server = self.servers.of(workspace, endpoint.connection)
        if server is None:
            return _make_not_sent(
                f"The MCP server {endpoint.connection!r} is not set up for this workspace: OPSIQ_MCP_SERVERS names it "
                "and its workspaces."
            )
        if server.address != step.url:
            return _make_not_sent(f"The MCP server {endpoint.connection!r} is at another address than was confirmed.")
        if server.credentials and self.credentials is not None:
            try:
                headers = await self.credentials(workspace, server.credentials, server.url)
            except (CredentialsRefused, NotAuthentic) as error:
                return _make_not_sent(f"The MCP server {endpoint.connection!r} can't be called: {error}")
            except Unavailable as error:
                return EndpointReply(Reply(None, b"", 0, None, sent=False), "try_again", error.detail)
            server = replace(server, headers={**server.headers, **headers})

        def unchanged(tool: dict[str, Any] | None) -> str:
            if tool is None:
                return f"The MCP server {server.name!r} has no tool {endpoint.tool!r} any more."
            if mcp_tools.digest_tool(tool) == endpoint.schema_digest:
                return ""
            changes = mcp_tools.describe_differences(endpoint.arguments, tool)
            return (
                f"The tool {endpoint.tool!r} is not the one that was signed, so it was not called, and its contract is "
                f"suspended. {changes} Import it again, and sign a new version."
            )

        answer = await call_tool(
            server, self.guard, endpoint.tool, json.loads(step.payload), check=unchanged, timeout_s=endpoint.timeout_s
        )
        if answer.refused:
            await self.suspend(workspace, step, answer.refused)
        told = AppliedCredentials(secrets=tuple(_list_secrets(server.headers)))
        said = told.mask(answer.said.encode()).decode("utf-8", "replace")
        reply = Reply(None, b"", answer.duration_ms, None, sent=answer.sent, detail=said)
        result = None if answer.result is None else told.mask(answer.result)
        return EndpointReply(reply, answer.verdict, said, result)


def _list_secrets(headers: Mapping[str, str]) -> Iterator[str]:
    """Secrets that must be removed from an answer that repeats them: a header's value, and the part after its
    scheme."""
    for value in headers.values():
        yield value
        yield value.partition(" ")[2]


def _make_not_sent(said: str) -> EndpointReply:
    return EndpointReply(Reply(None, b"", 0, None, sent=False), "not_done", said)


@dataclass(frozen=True)
class McpCredentials:
    """Implements ``agent.sending.mcp_endpoint.Credentials``."""

    contexts: WorkspaceContexts
    vault: Vault

    async def __call__(self, workspace: str, connection: str, url: str) -> Mapping[str, str]:
        base = (await self.contexts.of(workspace)).catalogue.address(connection)
        if base is None:
            raise NotAuthentic(f"There is no connection {connection!r} here whose credentials it could use.")
        if find_origin(base) != find_origin(url):
            raise NotAuthentic(
                f"The credentials of {connection!r} were given for {find_origin(base)}, and go nowhere else than there."
            )
        try:
            applied = await self.vault.apply(workspace, connection, base)
        except ConnectionMoved as error:
            raise NotAuthentic(str(error)) from error
        if applied.query or applied.certificate is not None:
            raise NotAuthentic(f"The credentials of {connection!r} are of a kind that an MCP server is not sent.")
        if not applied.headers:
            raise NotAuthentic(f"The connection {connection!r} has no credentials yet.")
        return dict(applied.headers)
