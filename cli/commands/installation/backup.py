"""``opsiq backup``: writes everything the server stores into one file, while it runs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.settings import Settings


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "backup",
        help="everything the server keeps, in one file, while it runs",
        description="Write the database of OPSIQ_DATA / OPSIQ_DATABASE_URL as it is at one moment into a file (a "
        "tar archive), with what "
        "`opsiq restore` checks it by. The key that opens stored secrets is kept apart unless --with-key is given.",
    )
    made.add_argument("file", type=Path, help="the file to make; it must not exist")
    made.add_argument(
        "--with-key", action="store_true", help="put data.key in as well: who has the file can then open the secrets"
    )
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from core.settings import Settings

    settings, file = Settings.load(os.environ), arguments.file
    made = asyncio.run(_make_archive(settings, file, with_key=arguments.with_key))
    entries = sum(head["seq"] for head in made["history"].values())
    print(f"{file}: {file.stat().st_size / 1e6:.1f} MB, {len(made['history'])} workspaces, {entries} history entries.")
    if not arguments.with_key:
        where = "OPSIQ_DATA_KEY" if settings.given_data_key is not None else str(settings.key_file)
        print(f"Keep a copy of the key too ({where}), elsewhere: without it the stored secrets don't open.")
    return 0


async def _make_archive(settings: Settings, file: Path, *, with_key: bool) -> dict[str, Any]:
    from cli import archive
    from cli.workspace import open_sessions
    from core.errors import InvalidInput

    if with_key and settings.given_data_key is not None:
        raise InvalidInput(
            "OPSIQ_DATA_KEY is set, so there is no data.key to put in: keep that key where it comes from."
        )
    async with open_sessions(os.environ) as database:
        return await archive.write(database, settings, file, with_key=with_key)
