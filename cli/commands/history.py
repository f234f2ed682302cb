"""``opsiq history``: verifies the chain, exports and shows entries, on the database itself. Works on the database
itself, for whoever holds the data folder."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.history.verification import ChainAnchor, ChainVerdict


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "history",
        help="verify, export and read AI History",
        description="AI History of the database in OPSIQ_DATA / OPSIQ_DATABASE_URL.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    verify = acts.add_parser("verify", help="walk the digest chain and name the first break")
    verify.add_argument(
        "--anchor",
        metavar="SEQ:DIGEST",
        help="a head written down earlier, to find a history that was cut and re-chained",
    )
    export = acts.add_parser("export", help="every entry on standard output, oldest first")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="csv, or one JSON object a line")
    acts.add_parser("anchor", help="the head as SEQ:DIGEST, to keep elsewhere")
    listed = acts.add_parser("list", help="the newest entries")
    listed.add_argument("--limit", type=int, default=20)
    for act in acts.choices.values():
        act.add_argument("--workspace", help="the workspace's id (by default the only one)")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    return asyncio.run(_run(arguments))


async def _run(arguments: argparse.Namespace) -> int:
    import store.history.log
    from agent.history import verification
    from agent.history.recorder import csv_lines, json_lines
    from cli.workspace import open_sessions, the_workspace
    from core.errors import NotFound
    from store.history.verification import ChainAnchor

    async with open_sessions(os.environ) as database, database.read() as session:
        workspace = await the_workspace(session, arguments.workspace)
        match arguments.act:
            case "verify":
                anchor = _anchor(arguments.anchor) if arguments.anchor else None
                verdict = await verification.verify(session, workspace, anchor=anchor)
                print(_told(verdict, anchor))
                return 0 if verdict.ok else 1
            case "export":
                written = json_lines if arguments.format == "jsonl" else csv_lines
                async for piece in written(store.history.log.stream(session, workspace)):
                    sys.stdout.write(piece)
            case "anchor":
                head = await store.history.log.head(session, workspace)
                if head is None:
                    raise NotFound("There is no entry to take an anchor from.")
                print(ChainAnchor(head.seq, head.digest))
            case _:
                for row in await store.history.log.page(session, workspace, limit=arguments.limit):
                    cells = (
                        row.at.isoformat()[:19],
                        f"{row.kind:<18}",
                        f"{row.outcome or '':<10}",
                        row.contract or "",
                        row.run_id or "",
                    )
                    print(f"{row.seq:>6}", *cells, sep="  ")
    return 0


def _told(verdict: ChainVerdict, anchor: ChainAnchor | None) -> str:
    if not verdict.ok:
        return f"broken at entry {verdict.first_break}: {verdict.why}"
    if anchor is not None:
        return f"{verdict.count} entries, unbroken, and entry {anchor.seq} is the one the anchor was taken from"
    return (
        f"{verdict.count} entries, unbroken\n"
        "Nothing is anchored: an end that was cut off together with the record of it, or a history made anew, "
        "would look the same.\n"
        "To see that from now on, keep this where nobody who can change the database can, and give it next time:\n"
        f"  opsiq history verify --anchor {verdict.last}"
    )


def _anchor(text: str) -> ChainAnchor:
    from core.errors import InvalidInput
    from store.history.verification import ChainAnchor

    seq, _, digest = text.partition(":")
    if not seq.isdigit() or not digest.startswith("sha256:"):
        raise InvalidInput("An anchor looks like 42:sha256:…, as `opsiq history anchor` prints it.")
    return ChainAnchor(int(seq), digest)
