"""Connection check: one harmless read of a connection's platform, to see whether its credentials work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from agent.sending.http_endpoint import HttpEndpointClient
from agent.workspace.context import WorkspaceContexts
from core.errors import InvalidInput, NotFound
from executors.retry import EndpointReply, describe
from registry.connector import Connector
from registry.declarative.connector import DeclarativeConnector
from registry.endpoints.paths import leads_up
from registry.endpoints.rendering import RenderedRequest

TIMEOUT_S: Final = 10.0
CheckState = Literal["works", "refused", "unclear", "unreachable", "trouble"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a connection check. ``works`` means that the platform did what it was asked for. ``unclear`` means that
    its answer doesn't say whether the credentials work. ``detail`` is a sentence for people."""

    state: CheckState
    detail: str
    status: int | None
    duration_ms: int


@dataclass(frozen=True)
class ConnectionCheck:
    contexts: WorkspaceContexts
    client: HttpEndpointClient

    async def find_path(self, workspace: str, connection: str) -> str:
        """The path that is read unless another one is named: that of a list, or ``/`` if the connector declares none.
        Raises NotFound for an unknown connection."""
        return _choose_path((await self._find(workspace, connection))[1])

    async def run(self, workspace: str, connection: str, path: str | None = None) -> CheckResult:
        """Sends a GET for ``path`` below the connection's base address. Raises NotFound for an unknown connection, and
        InvalidInput for a path that leaves the base address."""
        base, connector = await self._find(workspace, connection)
        path = path or _choose_path(connector)
        odd = not path.startswith("/") or path.startswith("//") or not path.isascii() or not path.isprintable()
        if odd or any(char in path for char in " #\\") or leads_up(path.partition("?")[0]):
            raise InvalidInput("The path begins with / and stays below the connection's address, as in /api/v1/me.")
        headers = tuple(connector.access.headers.items()) if connector is not None else ()
        request = RenderedRequest("GET", base.rstrip("/") + path, headers)
        reply = await self.client.send(workspace, connection, request, timeout_s=TIMEOUT_S, purpose="check")
        if isinstance(reply, EndpointReply):
            return CheckResult("refused" if reply.verdict == "not_done" else "trouble", reply.said, None, 0)
        if reply.status is None:
            return CheckResult("unreachable", describe(reply), None, reply.duration_ms)
        if reply.status in (401, 403):
            said = f"The platform answered {reply.status} at {path}: the credentials were refused."
            return CheckResult("refused", said, reply.status, reply.duration_ms)
        said = f"The platform answered {reply.status} at {path}"
        if reply.status >= 500 or reply.status == 429:
            return CheckResult("trouble", f"{said}.", reply.status, reply.duration_ms)
        if not 200 <= reply.status < 300:
            said += ", which doesn't tell whether the credentials work. Name a path that it knows and that needs them."
            return CheckResult("unclear", said, reply.status, reply.duration_ms)
        return CheckResult("works", f"{said}, and did not refuse the credentials.", reply.status, reply.duration_ms)

    async def _find(self, workspace: str, connection: str) -> tuple[str, Connector | None]:
        context = await self.contexts.of(workspace)
        base = context.catalogue.address(connection)
        if base is None:
            raise NotFound(f"There is no connection {connection} that is switched on here.")
        return base, next((each for each in context.connectors if each.connection == connection), None)


def _choose_path(connector: Connector | None) -> str:
    return (connector.find_list_path() if isinstance(connector, DeclarativeConnector) else None) or "/"
