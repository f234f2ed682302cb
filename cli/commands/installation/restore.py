"""``opsiq restore``: restores a backup into an empty place, and checks it."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from cli.program import name_program


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "restore",
        help="put a backup back into an empty place, and check it",
        description="Fill the empty database of OPSIQ_DATA / OPSIQ_DATABASE_URL from a backup of the same engine, "
        "bring it to this "
        "version's schema, and check that history is unbroken up to where it was and that stored secrets open. "
        "The archive is checked by "
        "the data key it was made with (OPSIQ_DATA_KEY, or data.key in OPSIQ_DATA) before anything of it is used. "
        "Stop every server first.",
    )
    made.add_argument("file", type=Path, help="what `opsiq backup` made")
    made.add_argument(
        "--unauthenticated",
        action="store_true",
        help="restore even where no key is here to check the archive by, or it was made before archives could be "
        "checked: whoever could "
        "write to the file then decides who owns the workspaces and what may be run",
    )
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_run(arguments.file, unauthenticated=arguments.unauthenticated))


async def _run(file: Path, *, unauthenticated: bool) -> int:
    from agent.history import sealing
    from cli import archive
    from cli.workspace import open_sessions
    from core.clock import utc_now
    from core.errors import BadSetting
    from core.settings import Settings

    settings = Settings.load(os.environ)
    found = await archive.put_back(settings, file, unauthenticated=unauthenticated)
    async with open_sessions(os.environ) as database:
        faults = await archive.find_differences(database, found)
        for fault in faults:
            print(fault)
        if settings.given_data_key is None and not settings.key_file.exists():
            print(
                f"The database is back. Copy the key it was made with to {settings.key_file} (mode 600), then run "
                f"`{name_program()} doctor`."
            )
            return 1
        try:
            # A backup from before databases were sealed is sealed here: whoever restores it says that it may be
            # trusted.
            await sealing.open_restored(database, settings, utc_now)
        except BadSetting as error:
            print(error.detail)
            faults.append(error.detail)
        else:
            for fault in await archive.find_problems(database, settings):
                print(fault)
                faults.append(fault)
    if faults:
        return 1
    entries = sum(head["seq"] for head in found["history"].values())
    print(f"Restored as of {found['made_at']}: {entries} history entries, unbroken; stored secrets open.")
    print("What was under way then goes on when a server starts, with the same call and delivery ids.")
    return 0
