"""``opsiq password``: a new password for a member who has forgotten theirs."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "password",
        help="give a member a new password",
        description="For somebody who has forgotten theirs, on the machine that holds the data key. Asks twice for "
        "the new password, or reads it from the first line of standard input where that is no terminal. Their "
        "sign-ins end.",
    )
    made.add_argument("email", metavar="EMAIL", help="the address that they sign in with")
    made.add_argument("--workspace", metavar="ID", help="needed where there are several")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_reset(arguments.email, arguments.workspace))


async def _reset(email: str, wanted: str | None) -> int:
    import store.accounts.members
    from agent.workspace.members import MemberService
    from cli.commands.installation.init import ask_password
    from cli.workspace import find_workspace, open_checked, require_data_key
    from core.actor import Actor
    from core.clock import utc_now
    from core.errors import NotFound
    from core.settings import Settings

    settings = Settings.load(os.environ)
    async with open_checked(settings) as database:
        require_data_key(settings)
        async with database.read() as session:
            workspace = await find_workspace(session, wanted)
            found = await store.accounts.members.by_email(session, email)
        member = next((each for each in found if each.workspace == workspace), None)
        if member is None:
            raise NotFound(f"No member signs in as {email} in workspace {workspace}.")
        if sys.stdin.isatty():
            password = ask_password(getpass.getpass, member.email, "password")
        else:
            password = sys.stdin.readline().rstrip("\n")
        operator = Actor(workspace, id="opsiq", kind="system", name="OpsIQ", role="", person="")
        await MemberService(database, utc_now).reset_password(operator, member.id, password)
    print(f"{member.email} has a new password, and is signed out everywhere.")
    return 0
