"""Interop run: everyday requests through the whole gate against a real platform, each confirmed and then looked up in
the platform itself. Prints a line a request and the figures; nothing of the platform is known here but its requests."""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from agent.credentials.kinds import read_credential
from agent.runs.run import Run
from app.container import Container, open_container
from core.actor import Actor
from core.clock import utc_now
from core.settings import Settings
from registry.declarative.rows import read_pointer
from store.migrate import upgrade
from tests.interop.installation import Platform, say

_DAY: Final = re.compile(r"\{day\+(\d+)\}")
PASSWORD = "interop run, no secret"
WAIT_S = 90.0


@dataclass
class Outcome:
    """``card`` is ``right``, ``none`` or ``wrong``; ``note`` what is odd about it or the platform's state after it."""

    asked: str
    card: str
    state: str
    note: str

    @property
    def right(self) -> bool:
        return self.card == "right" and not self.note


async def run(platform: Platform, requests: list[dict[str, Any]]) -> list[Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {"OPSIQ_DATA": folder, "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8", "OPSIQ_WORKERS": "2"}
        settings = Settings.load({**environment, "OPSIQ_READING_BUDGET_MS": "10000", "OPSIQ_READING_PROCESSES": "0"})
        await upgrade(settings.database_url)
        async with open_container(settings) as container:
            owner = await connected(container, platform)
            return [await one(container, owner, platform, each) for each in requests]


async def connected(container: Container, platform: Platform) -> Actor:
    admin = container.workspace_admin
    owner = await admin.create_workspace("Interop", email="owner@example.org", person="Olivia", password=PASSWORD)
    await admin.connect(owner, platform.connector, platform.base_url, {}, options=dict(platform.options))
    await container.vault.put(owner, platform.connector, read_credential(dict(platform.credential)))
    contracts = container.contract_admin
    await contracts.register(owner, list(await contracts.propose(owner, platform.connector)))
    return owner


async def one(container: Container, owner: Actor, platform: Platform, request: dict[str, Any]) -> Outcome:
    started = time.monotonic()
    run = await container.runs.ask(owner, request["ask"], surface="admin", session_id="interop")
    run = await container.runs.wait_until_idle(owner, run.id, wait_s=WAIT_S)
    card, note = judged(run, platform.connector, request)
    state = run.state
    if card == "right" and run.state == "held" and run.plan is not None:
        await container.decisions.confirm(owner, run.id, run.plan.digest)
        run = await container.runs.wait_until_idle(owner, run.id, wait_s=WAIT_S)
        state = run.state
    if card == "right":
        note = await asyncio.to_thread(looked_up, platform, request, state, run)
    made = Outcome(request["ask"], card, state, note)
    say(f"{made.card:<7} {made.state:<10} {time.monotonic() - started:5.1f}s  {made.asked}  {made.note}")
    return made


def judged(run: Run, connector: str, request: dict[str, Any]) -> tuple[str, str]:
    """``right``: one card of the action that was meant, with the values that were meant; ``none``: a question or
    refusal; ``wrong``: any other card."""
    if run.plan is None:
        told = run.question.text if run.question is not None else getattr(run.refusal, "detail", "") or ""
        return "none", str(told)[:140]
    steps = run.plan.steps
    names = [each.action for each in steps]
    if names != [f"{connector}.{request['action']}"]:
        return "wrong", f"card of {names}"
    params = {each.param: each.value for each in steps[0].filled}
    odd = {name: params.get(name) for name, value in request["params"].items() if params.get(name) != value}
    return ("wrong", f"card with {odd}") if odd else ("right", "")


def looked_up(platform: Platform, request: dict[str, Any], state: str, run: Run) -> str:
    if "check" not in request:
        return "" if state == "succeeded" else f"ended {state}: {getattr(run, 'outcomes', '')}"[:200]
    path, pointer, expected = request["check"]
    asked = urllib.request.Request(platform.api + path, headers=dict([platform.token_header]))
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            found = read_pointer(json.load(answer), pointer)
    except urllib.error.HTTPError as error:
        return f"the platform answers {error.code}"
    return "" if found == expected else f"the platform says {found!r}, not {expected!r}"


def read_requests(path: Path) -> list[dict[str, Any]]:
    """Requests with ``{day+30}`` in place of days to come: written out in what is asked, as dates elsewhere."""
    today = utc_now().date()

    def filled(value: Any, pattern: str) -> Any:
        if isinstance(value, str):
            return _DAY.sub(lambda found: _written(today + timedelta(days=int(found[1])), pattern), value)
        if isinstance(value, dict):
            return {name: filled(each, "%d %B %Y" if name == "ask" else "%Y-%m-%d") for name, each in value.items()}
        return [filled(each, pattern) for each in value] if isinstance(value, list) else value

    made: list[dict[str, Any]] = filled(json.loads(path.read_text(encoding="utf-8")), "%Y-%m-%d")
    return made


def _written(day: date, pattern: str) -> str:
    return day.strftime(pattern).lstrip("0")
