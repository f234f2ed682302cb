"""``opsiq jobs``: durable work that was given up, until somebody has seen it."""

from __future__ import annotations

import argparse
import os
from typing import Any, Final

SHOWN: Final = 200


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "jobs",
        help="list work that was given up, and forget what was seen to",
        description="Work that was given up is not tried again. What it was for says so: its run, reaction or "
        "reading ended as failed, or its call as unknown, and can be asked for again.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="what was given up, when and why, the newest first")
    listed.add_argument("--json", action="store_true", help="as JSON, one line each")
    forget = acts.add_parser("forget", help="take it off the list; what came of it stays in AI History")
    forget.add_argument("keys", nargs="*", metavar="KEY", help="as `list` prints them")
    forget.add_argument("--all", action="store_true", help="everything on the list")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from core.errors import InvalidInput

    if arguments.act == "list":
        return asyncio.run(_list(arguments.json))
    if bool(arguments.keys) == arguments.all:
        raise InvalidInput("Say which with their keys (`opsiq jobs list`), or --all.")
    return asyncio.run(_forget(None if arguments.all else arguments.keys))


async def _list(as_json: bool) -> int:
    import json
    from dataclasses import asdict
    from datetime import UTC, datetime

    import store.jobs.jobs
    from cli.workspace import open_sessions
    from core.clock import format_moment

    async with open_sessions(os.environ) as database, database.read() as session:
        found = await store.jobs.jobs.dead_jobs(session, SHOWN + 1)
    for each in found[:SHOWN]:
        at = datetime.fromtimestamp(each.at_ms / 1000, UTC)
        if as_json:
            print(json.dumps({**asdict(each), "at": at.isoformat()}, ensure_ascii=False))
        else:
            print(f"{format_moment(at)}  {each.kind}  {each.key}  ({each.workspace})")
            print(f"    {each.error or 'no reason was kept'}")
    if not found and not as_json:
        print("Nothing was given up.")
    if len(found) > SHOWN and not as_json:
        print(f"Only the newest {SHOWN} are shown.")
    return 0


async def _forget(keys: list[str] | None) -> int:
    import store.jobs.jobs
    from cli.workspace import open_sessions

    async with open_sessions(os.environ) as database, database.begin() as session:
        forgotten = await store.jobs.jobs.forget_dead_jobs(session, keys)
    if keys is not None and forgotten < len(set(keys)):
        print(f"{forgotten} of {len(set(keys))} were on the list and are forgotten.")
        return 1
    print(f"{forgotten} forgotten." if forgotten else "Nothing was given up.")
    return 0
