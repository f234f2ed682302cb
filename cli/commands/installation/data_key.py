"""``opsiq data-key``: creates and rotates the key that wraps the data encryption keys."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.settings import Settings


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "data-key",
        help="change the key that protects stored secrets",
        description="Stored secrets are sealed with data keys, which are wrapped with the key of OPSIQ_DATA_KEY "
        "or of data.key in the "
        "data folder.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    new = acts.add_parser("new", help="make a fresh key, to be kept where OPSIQ_DATA_KEY comes from")
    new.add_argument("--out", metavar="FILE", help="a new file for it, which only you may read; else it is printed")
    rotate = acts.add_parser(
        "rotate",
        help="wrap the data keys with another key; the one before it opens nothing any more",
        description="Processes that run go on with what they have opened; they need the new key when they start "
        "the next time.",
    )
    rotate.add_argument(
        "--to",
        metavar="FILE",
        help="the new key (- for standard input); needed where OPSIQ_DATA_KEY is set, else one is made",
    )
    rotate.add_argument(
        "--fresh-data-key",
        action="store_true",
        help="also make a data key that seals from now on; restart every process soon after",
    )
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from core.crypto import secretbox
    from core.crypto.key_file import format_key, write_key
    from core.errors import InvalidInput
    from core.settings import Settings

    if arguments.act == "new":
        key = secretbox.make_key()
        if arguments.out is None:
            print(format_key(key))
        elif not write_key(Path(arguments.out), key):
            raise InvalidInput(f"{arguments.out} is there already, and was left as it is. Name a new file.")
        return 0
    return asyncio.run(_rotate(arguments, Settings.load(os.environ)))


async def _rotate(arguments: argparse.Namespace, settings: Settings) -> int:
    from agent.workspace import data_keys
    from cli.workspace import open_sessions, require_data_key
    from core import env_variable
    from core.clock import utc_now
    from core.crypto import secretbox
    from core.crypto.key_file import write_key
    from core.errors import InvalidInput

    in_file = settings.given_data_key is None
    if arguments.to is None and not in_file:
        raise InvalidInput("OPSIQ_DATA_KEY is set: make a key with `opsiq data-key new` and give it with --to.")
    new = secretbox.make_key()
    if arguments.to is not None:
        try:
            new = env_variable.key(_read_key(arguments.to))
        except (OSError, ValueError) as error:
            raise InvalidInput(f"The new key {error}. `opsiq data-key new` makes one.") from error
    async with open_sessions(os.environ) as database:
        if in_file:
            await _finish(database, settings)
            require_data_key(settings)
            if not write_key(settings.next_key_file, new):
                raise InvalidInput(f"Another rotation is at work: {settings.next_key_file} is there.")
        count = await data_keys.rotate(database, settings.data_keys, new, utc_now, fresh=arguments.fresh_data_key)
    wrapped = "1 data key is" if count == 1 else f"{count} data keys are"
    if in_file:
        settings.next_key_file.replace(settings.key_file)
        print(f"{wrapped} wrapped with a new key, kept in {settings.key_file}. Keep a copy of it.")
    else:
        print(f"{wrapped} wrapped with the new key. Set OPSIQ_DATA_KEY to it wherever OpsIQ starts.")
    return 0


def _read_key(name: str) -> str:
    return (sys.stdin.readline() if name == "-" else Path(name).read_text(encoding="ascii")).strip()


async def _finish(database: Any, settings: Settings) -> None:
    """A rotation that was cut off: whichever of the two keys the database is wrapped with is the one that stays."""
    from agent.workspace import data_keys
    from core.crypto.key_file import read_key

    if settings.next_key_file.exists():
        if await data_keys.wraps(database, read_key(settings.next_key_file)):
            settings.next_key_file.replace(settings.key_file)
            vars(settings).pop("data_key", None)
        else:
            settings.next_key_file.unlink()
