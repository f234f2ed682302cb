"""Official MCP clients over the application in this process, and raw requests as a stranger would make them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx2
from httpx import Response
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from core.crypto.mcp_token import make_token
from tests.integration.web.api.shop import Key, Shop

BASE: Final = "http://127.0.0.1:8080"
MODERN: Final = "2026-07-28"
ERAS: Final = ("legacy", MODERN)


def token_of(shop: Shop, by: str | Key) -> str:
    key = shop.keys[by] if isinstance(by, str) else by
    return make_token(key.public, key.secret)


@asynccontextmanager
async def connected(
    shop: Shop, by: str | Key = "olivia", *, mode: str = MODERN, token: str = "", query: str = "", **options: Any
) -> AsyncIterator[Client]:
    """A client that sends the MCP token of a key (or ``token``)."""
    headers = {"Authorization": f"Bearer {token or token_of(shop, by)}"}
    transport = httpx2.ASGITransport(app=shop.app, client=("203.0.113.9", 4000))
    async with (
        httpx2.AsyncClient(transport=transport, headers=headers, timeout=60) as http,
        Client(streamable_http_client(f"{BASE}/mcp{query}", http_client=http), mode=mode, **options) as client,
    ):
        yield client


def told(result: CallToolResult) -> dict[str, Any]:
    assert isinstance(result.structured_content, dict), result
    return result.structured_content


def read_text(result: CallToolResult) -> str:
    """What a client without structured content reads."""
    (block,) = result.content
    assert isinstance(block, TextContent), block
    return block.text


async def post(
    shop: Shop, method: str, params: dict[str, Any] | None = None, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """One message of the handshake era (which has no envelope), posted by hand."""
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}
    given = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "Host": "127.0.0.1:8080",
    }
    query = more.pop("query", "")
    body = more.pop("raw", json.dumps(message).encode())
    return await shop.http.request(
        more.pop("verb", "POST"), f"/mcp{query}", content=body, headers={**given, **(headers or {})}
    )


async def post_as(
    shop: Shop, by: str | Key, method: str, params: dict[str, Any] | None = None, **more: Any
) -> Response:
    """… with the key's token."""
    headers = {"Authorization": f"Bearer {token_of(shop, by)}", **more.pop("headers", {})}
    return await post(shop, method, params, headers=headers, **more)
