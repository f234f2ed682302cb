"""What broke inside the server is no part of an MCP answer."""

from __future__ import annotations

from typing import Any, cast

import pytest
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import MCPError

from core.errors import Unavailable
from web.mcp.server import _hide_internals
from web.problem import BROKE

CONTEXT = cast("ServerRequestContext[Any, Any]", None)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OSError("/srv/opsiq/opsiq.db: disk full"), BROKE),
        (Unavailable("Try again in a moment."), "Try again in a moment."),
        (MCPError(-32601, "Method not found"), "Method not found"),
    ],
)
async def test_an_unexpected_error_is_answered_without_its_text(raised: Exception, told: str) -> None:
    async def fail(_: object) -> None:
        raise raised

    with pytest.raises(MCPError) as answered:
        await _hide_internals(CONTEXT, fail)
    assert answered.value.error.message == told
