"""``opsiq init``: creates a workspace with its first owner, its signing key, and an API key for this terminal."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from typing import Any, Final

from cli.program import name_program

TRIES: Final = 3


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "init",
        help="create a workspace with its first owner",
        description="Create a workspace in OPSIQ_DATA / OPSIQ_DATABASE_URL. Asks twice for the owner's password, or "
        "reads it from the first line of standard input where that is no terminal.",
    )
    made.add_argument("--name", required=True, help="the workspace's name")
    made.add_argument("--email", required=True, help="the owner's e-mail address, to sign in with")
    made.add_argument("--person", help="the owner's name (by default the address)")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    from core.errors import InvalidInput

    name, _, domain = arguments.email.strip().rpartition("@")
    if not name or not domain:
        raise InvalidInput(f"{arguments.email} is no e-mail address; write it as you@example.com.")
    password = ask_password(getpass.getpass) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    return asyncio.run(_found_workspace(arguments, password))


def ask_password(ask: Callable[[str], str], whose: str = "the owner", command: str = "init") -> str:
    """A new password for ``whose``, typed twice. ``ask`` shows a prompt and reads a line unseen. Raises InvalidInput
    after three tries, with the ``command`` to run again."""
    from core.crypto.passwords import check_password
    from core.errors import InvalidInput

    for _ in range(TRIES):
        password = ask(f"Password for {whose} (10 characters or more): ")
        try:
            check_password(password)
        except InvalidInput as error:
            print(error.detail, file=sys.stderr)
            continue
        if ask("The same again: ") == password:
            return password
        print("The two are not the same.", file=sys.stderr)
    raise InvalidInput(f"No password was chosen, and nothing has been made. Run opsiq {command} again.")


async def _found_workspace(arguments: argparse.Namespace, password: str) -> int:
    from dataclasses import replace

    from app.container import open_container
    from cli.client import FILE, keep, set_aside
    from cli.data_folder import refuse_lost_database
    from core.scopes import SCOPES
    from core.settings import Settings
    from store.migrate import upgrade

    settings = replace(Settings.load(os.environ), workers=0)
    refuse_lost_database(settings)
    await upgrade(settings.database_url)
    async with open_container(settings) as container:
        owner = await container.workspace_admin.create_workspace(
            arguments.name, email=arguments.email, person=arguments.person or arguments.email, password=password
        )
        key, secret = await container.key_admin.create_key(owner, "terminal", scopes=SCOPES, mode="live")
    earlier = set_aside(settings.data_dir)
    keep(settings.data_dir, settings.base_url, key.public, secret)
    print(
        f"Workspace {owner.workspace} is created. Run `{name_program()} serve`, then sign in at {settings.base_url} "
        f"as {arguments.email}."
    )
    print(f"This terminal's key is kept in {settings.data_dir / FILE} (mode 600).")
    if earlier is not None:
        print(
            f"Commands work in {owner.workspace} from now on. The key of the workspace before is kept in {earlier}: "
            "put it in the other's place to work there again."
        )
    return 0
