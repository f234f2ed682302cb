"""``opsiq import mcp``: the tools of an MCP server as unsigned drafts, pinned as they are now, written into a folder.

The server is one that ``OPSIQ_MCP_SERVERS`` names, or one given here: a command after ``--``, or an address. The name
is the connection of the drafts, and the same one must be in that file before a call can be made.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from core.errors import InvalidInput


def add_parser(acts: Any) -> None:
    made = acts.add_parser(
        "mcp",
        help="draft contracts from the tools of an MCP server",
        description="Draft a contract for every tool of an MCP server, pinned as the tool is now. Drafts are unsigned, "
        "nobody may run them, and each is confirmed. What a server says of its own tools is noted, and not gone by.",
    )
    made.add_argument("name", help="the server's name: the connection that the drafts name")
    made.add_argument("--url", default="", help="its address, where OPSIQ_MCP_SERVERS does not name it")
    made.add_argument("--header", action="append", default=[], metavar="NAME=VALUE", help="sent to it; may be repeated")
    made.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the folder that the drafts are written to"
    )
    made.add_argument("--force", action="store_true", help="write over drafts that are there")
    made.add_argument("--json", action="store_true", help="the report as one JSON document")
    made.add_argument("command", nargs="*", metavar="-- COMMAND", help="the command that starts it")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from core.settings import Settings
    from executors.http.ssrf_guard import SsrfGuard
    from executors.mcp.client import list_tools
    from executors.mcp.servers import make_server, read_servers
    from registry.importing.mcp.tools import ToolDraft, draft_tools

    settings = Settings.load(os.environ)
    if arguments.url or arguments.command:
        given: dict[str, Any] = {"url": arguments.url, "headers": dict(map(_header, arguments.header))}
        if arguments.command:
            command, *rest = arguments.command
            given = {"command": command, "args": rest, **({"url": arguments.url} if arguments.url else {})}
        server = make_server(arguments.name, given)
    else:
        known = read_servers(settings.mcp_servers).known
        if arguments.name not in known:
            raise InvalidInput(
                f"OPSIQ_MCP_SERVERS names no server {arguments.name!r}. Add it there, or give its "
                "--url, or its command after --."
            )
        server = known[arguments.name]
    tools = asyncio.run(list_tools(server, SsrfGuard(map(str, settings.allow_addresses))))
    made = draft_tools(server.name, tools)
    drafts = [each for each in made if isinstance(each, ToolDraft)]
    report = {
        "operations": len(tools),
        "drafts": [
            {
                "name": each.contract["name"],
                "tool": each.tool,
                "notes": each.notes,
                "file": _write(arguments, each.contract),
            }
            for each in drafts
        ],
        "refused": [
            {"operation": each.tool, "reason": each.reason} for each in made if not isinstance(each, ToolDraft)
        ],
    }
    print(json.dumps(report, ensure_ascii=False, indent=2) if arguments.json else _describe(report))
    return 0


def _header(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise InvalidInput("A --header is NAME=VALUE.")
    return name, value


def _write(arguments: argparse.Namespace, contract: dict[str, Any]) -> str:
    """Raises InvalidInput where the draft is there already and differs."""
    path: Path = arguments.out / f"{contract['name']}.json"
    text = json.dumps(contract, ensure_ascii=False, indent=2) + "\n"
    try:
        if path.exists() and not arguments.force and path.read_text(encoding="utf-8") != text:
            raise InvalidInput(f"{path} is there and differs. Look at what changed, and write over it with --force.")
        arguments.out.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"{path} can't be written: {error.strerror}.") from error
    return str(path)


def _describe(report: dict[str, Any]) -> str:
    lines = [f"{report['operations']} tools, {len(report['drafts'])} drafts, {len(report['refused'])} refused."]
    for each in report["drafts"]:
        lines.append(f"{each['name']}  {each['file']}")
        lines += [f"    {note}" for note in each["notes"]]
    lines += [f"refused: {each['operation']}: {each['reason']}" for each in report["refused"]]
    return "\n".join(
        [*lines, "Say who may run them, lint, then sign and register: opsiq contracts lint, then the console."]
    )
