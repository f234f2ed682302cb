"""What a call to an MCP server is sent through."""

from __future__ import annotations

from executors.http.ssrf_guard import SsrfGuard
from executors.mcp import transport


def test_the_certificates_are_read_once_for_every_call() -> None:
    transport._make_context.cache_clear()
    made = [transport.GuardedTransport(SsrfGuard([])) for _ in range(2)]
    assert len(made) == 2
    assert transport._make_context.cache_info().misses == 1
