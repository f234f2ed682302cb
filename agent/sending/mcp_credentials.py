"""Credentials of MCP servers: those of a workspace's connection, sent to that connection's own origin alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.credentials.vault import Vault
from agent.sending.action_secrets import find_origin
from agent.workspace.context import WorkspaceContexts
from core.errors import NotAuthentic


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
        applied = await self.vault.apply(workspace, connection)
        if applied.query or applied.certificate is not None:
            raise NotAuthentic(f"The credentials of {connection!r} are of a kind that an MCP server is not sent.")
        if not applied.headers:
            raise NotAuthentic(f"The connection {connection!r} has no credentials yet.")
        return dict(applied.headers)
