"""``opsiq import``: drafts of contracts from other systems' descriptions, and what changed in a newer one."""

from __future__ import annotations

from typing import Any

from cli.commands.importing import diff, document, mcp
from registry.importing.formats import FORMATS


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "import",
        help="draft contracts from an OpenAPI document or an MCP server; see what a newer document changes",
        description="Draft contracts from another system's description of its API. Nothing is signed or registered.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    for each in FORMATS:
        document.add_parser(acts, each)
    mcp.add_parser(acts)
    diff.add_parser(acts)
