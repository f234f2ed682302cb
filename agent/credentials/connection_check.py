"""Connection check: one harmless read of a connection's platform, to see whether its credentials work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from agent.sending.http_endpoint import HttpEndpointClient
from agent.workspace.context import WorkspaceContexts
from core.errors import InvalidInput, NotFound
from executors.retry import EndpointReply, describe
from registry.endpoints.paths import leads_up
from registry.endpoints.rendering import RenderedRequest

TIMEOUT_S: Final = 10.0
CheckState = Literal["works", "refused", "unreachable", "trouble"]


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Result of a connection check. ``works`` means that the platform answered and did not refuse the credentials.
    ``detail`` is a sentence for people."""

    state: CheckState
    detail: str
    status: int | None
    duration_ms: int


@dataclass(frozen=True)
class ConnectionCheck:
    contexts: WorkspaceContexts
    client: HttpEndpointClient

    async def run(self, workspace: str, connection: str, path: str = "/") -> CheckResult:
        """Sends a GET for ``path`` below the connection's base address. Raises NotFound for an unknown connection, and
        InvalidInput for a path that leaves the base address."""
        base = (await self.contexts.of(workspace)).catalogue.address(connection)
        if base is None:
            raise NotFound(f"There is no connection {connection} that is switched on here.")
        odd = not path.startswith("/") or path.startswith("//") or not path.isascii() or not path.isprintable()
        if odd or any(char in path for char in " #\\") or leads_up(path.partition("?")[0]):
            raise InvalidInput("The path begins with / and stays below the connection's address, as in /api/v1/me.")
        request = RenderedRequest("GET", base.rstrip("/") + path)
        reply = await self.client.send(workspace, connection, request, timeout_s=TIMEOUT_S, purpose="check")
        if isinstance(reply, EndpointReply):
            return CheckResult("refused" if reply.verdict == "not_done" else "trouble", reply.said, None, 0)
        if reply.status is None:
            return CheckResult("unreachable", describe(reply), None, reply.duration_ms)
        if reply.status in (401, 403):
            said = f"The platform answered {reply.status}: the credentials were refused."
            return CheckResult("refused", said, reply.status, reply.duration_ms)
        if reply.status >= 500 or reply.status == 429:
            return CheckResult("trouble", f"The platform answered {reply.status}.", reply.status, reply.duration_ms)
        said = f"The platform answered {reply.status}, and did not refuse the credentials."
        if reply.status >= 400 or 300 <= reply.status < 400:
            said += f" Name a path that it knows to be surer: {path} told little."
        return CheckResult("works", said, reply.status, reply.duration_ms)
