"""``opsiq resolve``: shows what a request would do, without a server and without doing it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from evals.run.case_result import CaseResult


def add_parser(subparsers: Any) -> None:
    made = subparsers.add_parser(
        "resolve",
        help="say which action a request means and with what values; nothing is sent",
        description="Resolves one request among the actions of a file, offline. Nothing is sent or stored.",
    )
    made.add_argument("text", metavar="TEXT", help="what a person would type")
    made.add_argument(
        "--registry",
        metavar="FILE",
        type=Path,
        required=True,
        help="actions.json of contracts, or a JSON list of {name, description, parameters}",
    )
    made.add_argument(
        "--records", metavar="DIR", type=Path, help="a folder of CSV or JSON tables to look records up in"
    )
    made.add_argument("--now", metavar="ISO", help="the present that 'tomorrow' goes by (default: now)")
    made.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Prints the answer. 0 when something would be done, 3 when it was abstained or asked."""
    import asyncio

    from agent.resolve.rules.resolver import RuleResolver
    from core import clock
    from core.errors import InvalidInput
    from evals.cases import reader, tables
    from evals.run.answer import answer
    from registry.offers.shortlist import Shortlist

    try:
        now = clock.from_iso(arguments.now) if arguments.now else clock.utc_now()
    except ValueError as error:
        raise InvalidInput("--now takes an ISO 8601 time, such as 2026-11-24T09:00:00Z.") from error
    records = tables.load(arguments.records) if arguments.records else None
    kinds = [kind.name for kind in records.kinds()] if records else []
    shortlist = Shortlist(reader.read_registry(arguments.registry, kinds))
    entry = asyncio.run(
        answer("-", arguments.text, shortlist=shortlist, resolver=RuleResolver(), now=now, records=records)
    )
    if arguments.json:
        json.dump(entry.as_json(), sys.stdout, indent=2, ensure_ascii=False, default=str)
        print()
    else:
        _print(entry)
    return 0 if entry.decision == "act" else 3


def _print(entry: CaseResult) -> None:
    print(entry.decision + (f": {entry.question}" if entry.question else ""))
    for at, call in enumerate(entry.calls):
        print(f"  {call['action']}")
        for name, value in call["params"].items():
            source = (entry.sources or {}).get(f"{at}.{name}", {})
            words = " … ".join(f"“{span['text']}”" for span in source.get("spans", ())) or source.get("kind", "")
            said = source.get("label") or source.get("reading") or ""
            print(f"    {name} = {json.dumps(value, ensure_ascii=False)}   ← {words} {said}".rstrip())
    if entry.missing:
        print("  missing: " + ", ".join(entry.missing))
