"""Tools of a real MCP server: listed, called, held to time and size, and what came of a call that broke."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import Unavailable
from executors.http.ssrf_guard import SsrfGuard
from executors.mcp.client import ToolAnswer, call_tool, list_tools
from executors.mcp.servers import McpServer
from registry.importing.mcp.tools import ToolDraft, describe_differences, digest_tool, draft_tools

SCRIPT = str(Path(__file__).with_name("tool_server.py"))
OPEN = SsrfGuard(["127.0.0.0/8"])


def anything(_: Any) -> str:
    return ""


def stdio(**env: str) -> McpServer:
    return McpServer("shelf", frozenset({"*"}), command=sys.executable, args=(SCRIPT,), env=env)


def _running(text: str) -> list[Path]:
    return [each for each in Path("/proc").glob("[0-9]*/environ") if _holds(each, text)]


def _holds(environ: Path, text: str) -> bool:
    try:
        return text.encode() in environ.read_bytes()
    except OSError:
        return False


async def call(server: McpServer, tool: str, timeout_s: float = 20, **arguments: Any) -> ToolAnswer:
    return await call_tool(server, OPEN, tool, arguments, check=anything, timeout_s=timeout_s)


@pytest.fixture(scope="module")
def http_server() -> Iterator[McpServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, SCRIPT, "--http", str(port)], stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            break
        except OSError:
            time.sleep(0.1)
    yield McpServer("shelf", frozenset({"*"}), url=f"http://127.0.0.1:{port}/mcp")
    process.kill()
    process.wait()


async def test_tools_are_listed_and_called_over_either_transport(http_server: McpServer) -> None:
    for server in (stdio(), http_server):
        names = {each["name"] for each in await list_tools(server, OPEN)}
        assert names == {"shelve", "environment", "flood"}
        answer = await call(server, "shelve", article="book", count=2)
        assert (answer.verdict, json.loads(answer.result or b"")) == ("done", {"article": "book", "count": 2})


async def test_an_error_of_the_tool_is_not_done_with_its_sentence(http_server: McpServer) -> None:
    answer = await call(http_server, "shelve", article="none")
    assert (answer.verdict, answer.sent) == ("not_done", True)
    assert "There is no such article." in answer.said


async def test_a_call_that_breaks_or_takes_too_long_is_unknown_and_leaves_no_process(tmp_path: Path) -> None:
    for article in ("crash", "slow"):
        ledger = tmp_path / article
        answer = await call(stdio(SHELF_LEDGER=str(ledger)), "shelve", 1, article=article)
        assert (answer.verdict, answer.sent) == ("unknown", True), answer
        assert ledger.read_text() == f"{article} 1 front\n", "it happened, and nobody can know"
    assert not _running(str(tmp_path))


async def test_what_is_too_large_is_not_kept(http_server: McpServer) -> None:
    answer = await call(http_server, "flood")
    assert (answer.verdict, answer.result) == ("unknown", None), "more than is read of an answer"


async def test_a_started_server_gets_nothing_of_our_environment_and_is_not_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OPSIQ_DATA_KEY", "a-secret-of-ours")
    caplog.set_level(logging.DEBUG)
    answer = await call(stdio(GIVEN="1", NOISE="what-it-says"), "environment")
    assert "what-it-says" not in caplog.text
    names = json.loads(answer.result or b"")["result"].split()
    assert "GIVEN" in names
    assert not [name for name in names if name.startswith("OPSIQ")]


async def test_a_server_that_can_not_be_reached_has_done_nothing(tmp_path: Path) -> None:
    missing = McpServer("gone", command=str(tmp_path / "no-such-command"))
    answer = await call(missing, "shelve", article="book")
    assert answer.sent is False
    assert answer.verdict == "try_again"
    with pytest.raises(Unavailable, match="can't be started"):
        await list_tools(missing, OPEN)


async def test_an_address_on_a_private_network_is_not_dialled(http_server: McpServer) -> None:
    shut = SsrfGuard()
    answer = await call_tool(http_server, shut, "shelve", {"article": "book"}, check=anything, timeout_s=10)
    assert (answer.verdict, answer.sent) == ("not_done", False)
    for url in ("http://169.254.169.254/mcp", "http://localhost:1/mcp", "http://[::1]:1/mcp"):
        with pytest.raises(Unavailable, match="may not be reached"):
            await list_tools(McpServer("x", url=url), shut)


async def test_a_tool_that_changed_is_not_called(http_server: McpServer) -> None:
    (before,) = [each for each in await list_tools(http_server, OPEN) if each["name"] == "shelve"]
    seen: list[str] = []

    def unchanged(tool: Any) -> str:
        if digest_tool(tool) != digest_tool(before):
            seen.append(describe_differences(["article", "count", "where"], tool))
        return "".join(seen)

    answer = await call_tool(
        stdio(TOOLS_CHANGED=SCRIPT), OPEN, "shelve", {"article": "book"},
        check=unchanged, timeout_s=20,
    )  # fmt: skip
    assert (answer.verdict, answer.refused, answer.sent) == ("not_done", seen[0], False)
    assert "description" in seen[0]


async def test_drafts_are_pinned_confirmed_always_and_for_nobody_whatever_a_server_says(http_server: McpServer) -> None:
    tools = await list_tools(http_server, OPEN)
    drafts = [each for each in draft_tools("shelf", tools) if isinstance(each, ToolDraft)]
    assert [each.contract["name"] for each in drafts] == ["shelf.shelve", "shelf.environment", "shelf.flood"]
    contract = drafts[0].contract
    assert contract["risk"] == "write", "its hint says that it only reads"
    assert (contract["roles"], contract["confirmation"]) == ([], {"policy": "always"})
    assert contract["endpoint"]["schema_digest"] == digest_tool(tools[0])
    assert contract["parameters"]["required"] == ["article"]
    assert set(contract["parameters"]["properties"]) == {"article", "count", "where"}
    assert contract["result"]["required"] == ["article", "count"]
    assert any("only reads: true" in note for note in drafts[0].notes)
