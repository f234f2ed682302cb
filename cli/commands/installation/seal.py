"""``opsiq seal``: accept what is in the database as it stands, after it was changed or put back on purpose."""

from __future__ import annotations

import argparse
import os
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "seal",
        help="accept what is in the database as it stands, after it was put back or changed on purpose",
        description="Rows that give rights or say what is sent carry codes made with the data key; what something "
        "other than OpsIQ wrote "
        "is refused. This says what is refused, by workspace. With --accept, every code is made again over what is "
        "there now, and a signed "
        "anchor says so: whatever was written there counts from then on. Stop every server first.",
    )
    made.add_argument("--accept", action="store_true", help="make the codes again")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_run(accepted=arguments.accept))


async def _run(*, accepted: bool) -> int:
    import store.history.log
    import store.workspaces
    from agent.history import anchors, integrity, sealing
    from cli.workspace import open_checked
    from core.clock import utc_now
    from core.settings import Settings

    settings = Settings.load(os.environ)
    wrong = False
    async with open_checked(settings) as database:
        async with database.read() as session:
            for row in await store.workspaces.every_one(session):
                report = await integrity.examine(session, row.id)
                wrong = wrong or not report.ok or not report.checked
                for each in (report.verdict.why, *report.problems):
                    if each:
                        print(f"{row.name}: {each}")
                if not report.checked:
                    print(f"{row.name}: it is not sealed, or the data key is not here.")
        if not accepted:
            print(
                "Nothing was changed. With --accept, all of this counts as OpsIQ's own."
                if wrong
                else "All is as OpsIQ stored it."
            )
            return int(wrong)
        keys = (await sealing.accept(database, settings, utc_now)).authenticator
        async with database.read() as session:
            heads = await store.history.log.heads(session)
        now = utc_now()
        lines = [anchors.write_line(keys, "accepted", head.workspace, head.seq, head.digest, now) for head in heads]
    if lines:
        anchors.append(settings.anchor_file, lines)
    print("Everything that stands in the database is sealed as it is.")
    return 0
