"""Which modules of ``agent/`` a request enters on a model's path: ``python -m bench.path``.

One request about a record and an amount goes from its words to a card, over a small platform out of a file, with a
scripted answer in the model's place; a module counts when one of its functions is called meanwhile.
"""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, Final

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from core.actor import Actor
from evals.cases import frozen_world
from evals.run.scripted import ScriptedClient

ROOT: Final = Path(__file__).parents[1]
WORLD: Final = ROOT / "evals/suites/worlds/lending.json"
TEXT: Final = "waive 3 euros of fine F-231"
NOW: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FINE: Final = {"kind": "fine", "said": "F-231", "where": [], "order": None, "pick": "one", "among": None}
AMOUNT: Final = {"number": 3, "unit": "EUR", "quote": "3 euros"}
STEP: Final = {"action": "waive_fine", "fine_id": FINE, "amount": AMOUNT}


class Scripted(ScriptedClient):
    name = "scripted"

    def answer(self, *_: Any) -> dict[str, Any]:
        return {"understood": "", "result": {"type": "plan", "steps": [STEP]}, "rest": []}


async def planned() -> Plan:
    world = frozen_world.load(WORLD)
    context = world.context(world.provider({}))
    owner = Actor("ws_bench", "mem_bench", "member", "Ola", "owner", "ola")
    task = Task(Request(text=TEXT, now=NOW), owner, context, "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Scripted()))).verdict
    assert isinstance(made, Plan), made
    return made


def main() -> None:
    asyncio.run(planned())  # what is made once for a process is no part of a request's way
    entered: Counter[str] = Counter()

    def seen(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_globals.get("__name__", "")
        if event == "call" and name.startswith("agent."):
            entered[name] += 1

    sys.setprofile(seen)
    try:
        asyncio.run(planned())
    finally:
        sys.setprofile(None)
    for name, calls in sorted(entered.items()):
        file = Path(sys.modules[name].__file__ or "")
        print(f"{name:<48} {calls:>6} calls {len(file.read_text('utf-8').splitlines()):>5} lines")
    print(f"{len(entered)} modules of agent/ from a request to its card")


if __name__ == "__main__":
    main()
