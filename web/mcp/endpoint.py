"""MCP endpoint: the routes of ``/mcp`` and of its OAuth metadata. Callers are authenticated before the SDK sees a byte,
and the first authenticated request imports the SDK."""

from __future__ import annotations

import asyncio
import importlib
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from core import canon
from core.actor import SURFACES
from core.crypto.secretbox import SecretBox
from core.errors import ClockSkew, Unauthenticated
from web import problem
from web.auth import get_container
from web.mcp.access import CALLER, METADATA_PATH, PATH, SURFACE, authenticate, make_challenge, make_metadata
from web.problem import Problem

WAIT_S: Final = 20.0
"""Seconds for which one call waits for its result."""
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def install(app: FastAPI) -> McpEndpoint:
    """Adds the routes. The returned endpoint must be closed with the application."""
    endpoint = McpEndpoint()
    app.state.mcp_wait_s = WAIT_S
    app.router.routes += [
        Route(PATH, endpoint=endpoint, include_in_schema=False),
        Route(METADATA_PATH, endpoint=_metadata, methods=["GET"], include_in_schema=False),
        Route(METADATA_PATH + PATH, endpoint=_metadata, methods=["GET"], include_in_schema=False),
    ]
    return endpoint


async def _metadata(request: Request) -> Response:
    """The OAuth metadata, for everybody, since a client without a token needs it."""
    return JSONResponse(make_metadata(request), headers={"Cache-Control": "public, max-age=300"})


class McpServer(Protocol):
    """``web.mcp.server.RunningServer``, which is not imported here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None: ...

    async def close(self) -> None: ...


class McpEndpoint:
    """ASGI application of ``/mcp``: POSTs only, because nothing is kept between two requests."""

    def __init__(self) -> None:
        self._server: McpServer | None = None
        self._starting = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer = await self._admit(request)
        if answer is not None:
            await answer(scope, receive, send)
            return
        server = await self._get_server(get_container(request).box)
        await server(scope, _replay(await request.body(), receive), send)

    async def close(self) -> None:
        if self._server is not None:
            await self._server.close()

    async def _admit(self, request: Request) -> Response | None:
        """None for a request that may continue, otherwise its refusal. Raises Problem, and what authentication
        raises."""
        _check_origin(request)
        if request.method != "POST":
            detail = "MCP is POSTed here; nothing is kept between two requests, so there is nothing to GET or DELETE."
            return problem.make_response(request, "method_not_allowed", detail, headers={"Allow": "POST"})
        surface = request.query_params.get("surface", SURFACES[0])
        if surface not in SURFACES or set(request.query_params) - {"surface"}:
            raise Problem("invalid_request", f"The only query parameter is surface: one of {', '.join(SURFACES)}.")
        try:
            caller = await authenticate(request)
        except (Unauthenticated, ClockSkew) as error:
            told = {"WWW-Authenticate": make_challenge(request)}
            return problem.make_response(request, error.code, error.detail, extra=error.extra, headers=told)
        canon.loads(caller.body)  # as strict as for any body: no duplicate keys, no NaN, no text that can't be stored
        state: dict[str, Any] = request.scope.setdefault("state", {})
        state[CALLER], state[SURFACE] = caller, surface
        return None

    async def _get_server(self, box: SecretBox) -> McpServer:
        if self._server is None:
            async with self._starting:
                if self._server is None:
                    # The import takes about a second, so it runs beside the event loop.
                    module = await asyncio.to_thread(importlib.import_module, "web.mcp.server")
                    self._server = await module.start(box)
        return self._server


def _check_origin(request: Request) -> None:
    """Checks against DNS rebinding. A browser sends the page's ``Origin``, which must be this server's own. If the
    server is only for this machine, ``Host`` must name it too. Raises Problem."""
    base = urlsplit(get_container(request).settings.base_url)
    local = base.hostname in _LOOPBACK
    if local and _hostname(f"//{request.headers.get('host', '')}") not in _LOOPBACK:
        raise Problem("forbidden", f"This server answers at {base.netloc} alone.")
    ours = f"{base.scheme}://{base.netloc}".lower()
    for origin in request.headers.getlist("origin"):
        alias = local and origin.lower().startswith(f"{base.scheme}://") and _hostname(origin) in _LOOPBACK
        if origin.lower() != ours and not alias:
            raise Problem("forbidden", "Pages of other origins may not speak to this server.")


def _hostname(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _replay(body: bytes, receive: Receive) -> Receive:
    """The request's body again, for readers after the signature check."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
