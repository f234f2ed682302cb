"""MCP tool calls: one session for each, with a time limit, and a child process that ends with it.

A started server gets the few environment variables that a program needs and the operator's own, none of this server's.
Its error stream is dropped, because it may hold anything.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from core import canon
from core.display_text import to_display_text
from core.errors import NotCanonical, Unavailable
from executors.http.ssrf_guard import Blocked, SsrfGuard
from executors.mcp.servers import McpServer

if TYPE_CHECKING:
    from mcp.client.client import Client

MOST_TOOLS: Final = 2000
MAX_RESULT_BYTES: Final = 64 * 1024
MAX_SENTENCE: Final = 300
START_S: Final = 30.0
"""How long a server may take to start and to list its tools, besides the time of a call."""
ToolDocument = dict[str, Any]
"""A tool as its server lists it, in JSON."""
Check = Callable[[ToolDocument | None], str]
"""Returns what is wrong with a tool's present listing (None: it isn't listed), or an empty text if it may be called."""
_PINNED: Final = ("name", "title", "description", "inputSchema", "outputSchema", "annotations")


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """The result of one call. ``sent``: the call may have reached the tool. ``refused``: the complaint of ``Check``."""

    verdict: Literal["done", "not_done", "try_again", "unknown"]
    said: str
    sent: bool
    duration_ms: int = 0
    result: bytes | None = None
    refused: str = ""


async def list_tools(server: McpServer, guard: SsrfGuard, *, timeout_s: float = START_S) -> list[ToolDocument]:
    """Every tool of a server. Raises Unavailable with a sentence for people."""
    import anyio

    await _load()
    try:
        with anyio.fail_after(timeout_s):
            async with _session(server, guard, timeout_s) as client:
                return await _tools(client)
    except Exception as error:  # any failure of a server or the SDK means that there is no list
        raise Unavailable(f"The MCP server {server.name!r} can't be used: {_reason(error, timeout_s)}") from error


async def call_tool(
    server: McpServer, guard: SsrfGuard, tool: str, arguments: Mapping[str, Any], *, check: Check, timeout_s: float
) -> ToolAnswer:
    """Calls a tool once, after ``check`` has seen its present listing. ``timeout_s`` bounds the call itself.

    Raises nothing. After a failure before sending, the call has not happened. After a later one, it may have.
    """
    import anyio

    await _load()
    began, sent, answer = time.monotonic(), False, None
    try:
        with anyio.fail_after(START_S + timeout_s):
            async with _session(server, guard, START_S + timeout_s) as client:
                listed = {each["name"]: each for each in await _tools(client)}
                if refused := check(listed.get(tool)):
                    return ToolAnswer("not_done", refused, sent=False, refused=refused)
                sent = True
                with anyio.fail_after(timeout_s):
                    result = await client.session.call_tool(tool, dict(arguments), allow_input_required=True)
                answer = _judge(result)  # kept, because the session may still end badly
        return answer
    except Exception as error:  # a fault of the peer is also an answer
        if answer is not None:  # the session ended badly, but the tool's answer counts
            return answer
        said = _reason(error, timeout_s)
        if (refusal := _refusal_of(error)) is not None:
            return ToolAnswer("not_done", refusal, sent)
        temporary = not sent and not isinstance(_root(error), Blocked | ValueError)
        verdict: Literal["unknown", "try_again", "not_done"] = (
            "unknown" if sent else "try_again" if temporary else "not_done"
        )
        return ToolAnswer(verdict, said, sent, int((time.monotonic() - began) * 1000))


async def _load() -> None:
    """Imports the SDK beside the event loop, because it takes a second. Its logging of a server's words and addresses
    is disabled, because they may hold anything."""
    for name in ("mcp.client", "httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    for module in ("mcp.client.client", "executors.mcp.transport"):
        await asyncio.to_thread(importlib.import_module, module)


@asynccontextmanager
async def _session(server: McpServer, guard: SsrfGuard, timeout_s: float) -> AsyncIterator[Client]:
    import httpx2
    from mcp.client.client import Client
    from mcp.client.stdio import StdioServerParameters, stdio_client
    from mcp.client.streamable_http import streamable_http_client

    from executors.mcp.transport import GuardedTransport

    if server.command:
        started = StdioServerParameters(
            command=server.command, args=list(server.args), env=dict(server.env), cwd=server.cwd or None
        )
        with open(os.devnull, "w", encoding="utf-8") as nowhere:  # noqa: PTH123, ASYNC230
            async with Client(stdio_client(started, nowhere), cache=None) as client:
                yield client
        return
    async with (
        httpx2.AsyncClient(
            transport=GuardedTransport(guard), headers=dict(server.headers), timeout=timeout_s, trust_env=False
        ) as http,
        Client(streamable_http_client(server.url, http_client=http), cache=None) as client,
    ):
        yield client


async def _tools(client: Client) -> list[ToolDocument]:
    found: list[ToolDocument] = []
    cursor: str | None = None
    while True:
        page = await client.list_tools(cursor=cursor)
        for each in page.tools:
            whole = each.model_dump(mode="json", by_alias=True, exclude_none=True)
            found.append({name: whole[name] for name in _PINNED if name in whole})
        cursor = page.next_cursor
        if cursor is None or len(found) > MOST_TOOLS:
            return found[:MOST_TOOLS]


def _judge(result: Any) -> ToolAnswer:
    from mcp_types import CallToolResult, TextContent

    if not isinstance(result, CallToolResult):
        return ToolAnswer(
            "unknown", "The tool asks for something that a call can't give; it may have begun.", sent=True
        )
    text = "\n".join(each.text for each in result.content if isinstance(each, TextContent))
    if result.is_error:
        said = to_display_text(text, limit=MAX_SENTENCE) or "The tool answered with an error and said nothing about it."
        return ToolAnswer("not_done", said, sent=True)
    value = result.structured_content if result.structured_content is not None else {"text": text}
    try:
        raw = canon.dumps(value)
    except NotCanonical:
        raw = json.dumps({"text": text}).encode()
    if len(raw) > MAX_RESULT_BYTES:
        return ToolAnswer("done", "The tool's result is too large to be kept.", sent=True)
    return ToolAnswer("done", "The tool did it.", sent=True, result=raw)


def _root(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _refusal_of(error: BaseException) -> str | None:
    """A server's refusal of a call that it can't take. Nothing was done then."""
    from mcp.shared.exceptions import MCPError
    from mcp_types import INVALID_PARAMS, METHOD_NOT_FOUND

    found = _root(error)
    if isinstance(found, MCPError) and found.code in (INVALID_PARAMS, METHOD_NOT_FOUND):
        return to_display_text(found.message, limit=MAX_SENTENCE)
    return None


def _reason(error: BaseException, timeout_s: float) -> str:
    """A sentence for people. An exception's own words may hold a credential, so only its kind is shown."""
    found = _root(error)
    if isinstance(found, TimeoutError):
        return f"It did not answer within {timeout_s:g} s."
    if isinstance(found, Blocked):
        return f"Its address may not be reached: {found}."
    if isinstance(found, FileNotFoundError | PermissionError):
        return "Its command can't be started."
    return f"It did not answer as an MCP server does ({type(found).__name__})."
