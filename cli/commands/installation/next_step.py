"""The next step of whoever sets a server up: told by ``opsiq doctor`` after its findings."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final

from cli.data_folder import DEMO
from cli.program import name_program

ANSWER_S: Final = 3.0


@dataclass
class Installed:
    """What the doctor saw on its way: workspaces, contracts in force, and an example of what can be asked."""

    workspaces: int = 0
    contracts: int = 0
    examples: list[str] = field(default_factory=list)


def describe_next_step(
    installed: Installed,
    failed: Collection[str],
    *,
    database: bool,
    url: str,
    answers: Callable[[str], bool],
    demo: bool = False,
    start: str = "serve",
    demo_data: bool = False,
) -> str:
    """One sentence with a command to type. ``failed``: what the failing findings are about. ``database``: there is
    one. ``answers``: whether a server answers at an address, asked only where that decides. ``demo``: the demo's
    folder is here, and another was looked at. ``start``: the command that starts the server of this data,
    ``demo_data``: which is a demo's."""
    opsiq = name_program()
    if not database or (not failed and not installed.workspaces):
        found = f'{opsiq} init --name "My platform" --email you@example.com'
        if demo:
            look = f"OPSIQ_DATA={DEMO} {opsiq} doctor"
            return f"Look at the demo's data: {look}   (or found a workspace of your own: {found})"
        return f"Create a workspace: {found}"
    if failed:
        marked = list(dict.fromkeys(failed))
        mend = f"{opsiq} {start} (the demo's platform runs with it)" if demo_data else _MENDING.get(marked[0], "")
        begin = f", beginning with the {marked[0]}: {mend.format(opsiq=opsiq, start=start)}. Then" if mend else ", then"
        return f"Mend what is marked above ({', '.join(marked)}){begin} run {opsiq} doctor again."
    if not answers(url):
        return f"No server answers at {url} yet. Start it: {opsiq} {start}"
    if not installed.contracts:
        return (
            f"Sign in at {url} and give it something to do: {opsiq} connectors connect NAME --address URL, "
            f"{opsiq} import openapi FILE --out DIR, or a contract of your own (docs/guide/first-hour.md, 5)."
        )
    asked = installed.examples[0] if installed.examples else "WHAT YOU WANT"
    return f"Everything runs. Ask for something: {opsiq} ask {shlex.quote(asked)}   (or in the console: {url})"


_MENDING: Final = {
    "integrity": "{opsiq} history verify names the first entry that is not as it was stored",
    "anchors": "{opsiq} history verify names what doesn't fit",
    "contracts": "{opsiq} contracts lint FILE, then {opsiq} contracts register FILE",
    "connector": "{opsiq} connectors check FOLDER if it can't be loaded, or while the server runs, {opsiq} connections "
    "test NAME says what its platform answers",
    "work": "{opsiq} {start} does what waits",
    "model": "check OPSIQ_MODEL, OPSIQ_MODEL_URL and OPSIQ_MODEL_KEY, or take OPSIQ_MODEL away to go without one",
}
"""Subject of a failing finding → the command or setting that repairs it."""


def server_answers(url: str) -> bool:
    """Whether a server says at this address that it is ready."""
    import http.client
    import urllib.error

    from cli.opener import find_opener

    try:
        with find_opener().open(f"{url.rstrip('/')}/readyz", timeout=ANSWER_S) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, http.client.HTTPException, OSError, ValueError):
        return False
