"""``opsiq signing-key``: a fresh key that signs a workspace's contracts, in place of the one before."""

from __future__ import annotations

import argparse
import os
from typing import Any


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "signing-key",
        help="change the key that signs a workspace's contracts",
        description="On the machine that holds the data key. Servers that run take it up by themselves.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    rotate = acts.add_parser(
        "rotate",
        help="make a key, sign what is in force with it; what the one before it signed no longer counts",
    )
    rotate.add_argument("--workspace", metavar="ID", help="needed where there are several")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    import asyncio

    return asyncio.run(_rotate(arguments.workspace))


async def _rotate(wanted: str | None) -> int:
    from agent.workspace import signing_keys
    from agent.workspace.data_keys import open_keyring
    from cli.workspace import find_workspace, open_checked, require_data_key
    from core.actor import Actor
    from core.clock import utc_now
    from core.settings import Settings

    settings = Settings.load(os.environ)
    async with open_checked(settings) as database:
        require_data_key(settings)
        box = (await open_keyring(database, settings.data_keys, utc_now)).box
        async with database.begin() as session:
            workspace = await find_workspace(session, wanted)
            operator = Actor(workspace, id="opsiq", kind="system", name="OpsIQ", role="", person="")
            done = await signing_keys.rotate(session, operator, box, utc_now)
    print(f"{done.signed} contracts are signed with the new key {done.kid}; {', '.join(done.retired)} counts no more.")
    for each in done.unsigned:
        print(f"{each} did not verify before, and is left as it is: register it again.")
    return 0
