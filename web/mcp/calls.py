"""Context of an MCP request for its handlers: the caller, the surface, the services, and the client's capabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_REQUEST
from starlette.requests import Request

from agent.runs.run import MCP_SESSIONS
from app.container import Container
from core.actor import Surface
from core.errors import Forbidden
from web import problem
from web.auth import Caller, get_container
from web.mcp.access import CALLER, SURFACE

TASKS: Final = "io.modelcontextprotocol/tasks"
"""Extension that answers a long call with a task (SEP-2663)."""


@dataclass(frozen=True)
class McpCall:
    """A call of an MCP tool. ``takes_urls``, ``takes_forms`` and ``takes_tasks`` are the capabilities that the client
    declares with this request. Older clients declare them only once, in a handshake, which a server without sessions
    doesn't remember. They get plain results."""

    request: Request
    caller: Caller
    surface: Surface
    container: Container
    takes_urls: bool
    takes_forms: bool
    takes_tasks: bool

    @property
    def wait_s(self) -> float:
        """Seconds to wait for the run's result."""
        wait_s: float = self.request.app.state.mcp_wait_s
        return wait_s

    @property
    def request_id(self) -> str:
        return problem.find_request_id(self.request)

    @property
    def session_id(self) -> str:
        """Session id for a new run. Each run has its own, so that confirming one confirms no other."""
        return f"{MCP_SESSIONS}{self.caller.key_id}:{self.request_id}"

    def need(self, scope: str) -> None:
        """Checks that the caller has a scope. Raises Forbidden for a caller without the scope."""
        if scope not in self.caller.scopes:
            raise Forbidden(f"This needs the scope {scope!r}, which your key or token lacks.")


def make_call(ctx: ServerRequestContext[Any, Any]) -> McpCall:
    request = ctx.request
    if not isinstance(request, Request) or CALLER not in request.scope.get("state", {}):
        raise MCPError(INVALID_REQUEST, "There is nobody who asks.")
    state = request.scope["state"]
    able = ctx.session.client_capabilities
    elicitation = able.elicitation if able else None
    # An empty capability is the first version's, which only had forms.
    forms = elicitation is not None and (elicitation.form is not None or elicitation.url is None)
    return McpCall(
        request=request,
        caller=state[CALLER],
        surface=state[SURFACE],
        container=get_container(request),
        takes_urls=elicitation is not None and elicitation.url is not None,
        takes_forms=forms,
        takes_tasks=bool(able and able.extensions and TASKS in able.extensions),
    )
