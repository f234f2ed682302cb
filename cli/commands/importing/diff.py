"""``opsiq import diff``: what a newer document changes, and which contracts of a server it would suspend."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from typing import Any, Final

from core.errors import InvalidInput

_DESCRIPTION: Final = """\
What changed between two documents, operation by operation: added, removed, compatible (a call as it is made today is
still understood) or incompatible. With --registry, what a document changes for the contracts that a running server has
in force, and which would be suspended; --suspend does it. A suspended contract is neither offered nor sent until an
owner has looked at it."""


def add_parser(acts: Any) -> None:
    made = acts.add_parser("diff", help="what a newer document changes", description=_DESCRIPTION)
    made.add_argument("documents", nargs="+", metavar="DOCUMENT", help="OLD NEW, or NEW alone with --registry")
    made.add_argument("--registry", action="store_true", help="compare with the contracts of a running server")
    made.add_argument("--suspend", action="store_true", help="with --registry: suspend what no longer fits")
    made.add_argument("--root", default="", metavar="PATH", help="the first document of a folder or archive")
    made.add_argument("--json", action="store_true", help="one JSON document")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 where nothing is broken, 1 where something is."""
    wanted = 1 if arguments.registry else 2
    if len(arguments.documents) != wanted:
        raise InvalidInput("Name the new document." if arguments.registry else "Name two documents: OLD NEW.")
    if arguments.suspend and not arguments.registry:
        raise InvalidInput("--suspend needs --registry: a server's contracts are suspended.")
    return _registry(arguments) if arguments.registry else _documents(arguments)


def _documents(arguments: argparse.Namespace) -> int:
    import asyncio

    from cli.commands.importing.documents import open_source, perform

    sources = [open_source(each, arguments.root) for each in arguments.documents]
    answer = asyncio.run(perform({"do": "differences"}, sources))
    found = answer["differences"]
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        print("\n".join(map(_line, found)) or "Nothing that is sent has changed.")
    return int(any(each["change"] in ("removed", "incompatible") for each in found))


def _registry(arguments: argparse.Namespace) -> int:
    import asyncio

    from cli.client import make_client
    from cli.commands.importing.documents import open_source, perform

    server = make_client()
    contracts = server.get("/v1/contracts/upstreams")["data"]
    source = open_source(arguments.documents[0], arguments.root)
    answer = asyncio.run(perform({"do": "suspensions", "contracts": contracts}, [source]))
    found = answer["suspensions"]
    if arguments.suspend:
        for each in found:
            server.post(
                f"/v1/contracts/{each['contract']}/suspend",
                {"version": each["version"], "reason": _reason(each, answer["document"])},
            )
    if arguments.json:
        print(json.dumps({**answer, "suspended": arguments.suspend}, ensure_ascii=False, indent=2))
    else:
        said = "suspended" if arguments.suspend else "would be suspended"
        lines = [f"{each['contract']} v{each['version']} {said}\n{_line(each)}" for each in found]
        print("\n".join(lines) or f"All {len(contracts)} contracts fit.")
    return int(bool(found))


def _reason(each: Mapping[str, Any], document: str) -> dict[str, Any]:
    return {**{key: each[key] for key in ("operation", "change", "details")}, "document": document}


def _line(each: Mapping[str, Any]) -> str:
    signs = {"added": "+", "removed": "-", "compatible": "~", "incompatible": "!"}
    lines = [f"{signs[each['change']]} {each['operation']}  {each['change']}"]
    return "\n".join([*lines, *(f"    {detail}" for detail in each["details"])])
