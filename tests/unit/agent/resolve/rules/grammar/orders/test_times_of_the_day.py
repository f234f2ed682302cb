"""Times of the day: said as such, or by how much later or earlier than now, on the same day."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver, prepare
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan

_CLOCK: Final = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_DAY: Final = {"type": "string", "format": "date"}
_NUMBER: Final = {"type": "integer", "minimum": 1}


def replace(field: str) -> dict[str, Any]:
    return {"replaces": {"parameter": "ferry_id", "field": field}}


WORLD: Final = FrozenWorld(
    {
        "contracts": [
            offer(
                "move_ferry",
                "Move a ferry",
                "Let a ferry go on another day.",
                {"ferry_id": _NUMBER, "day": _DAY, "leaves": _CLOCK},
                {"ferry_id": refer("ferry"), "day": replace("day"), "leaves": replace("leaves")},
                optional=("leaves",),
                aliases=["reschedule"],
            ),
            offer(
                "set_time",
                "Change the time of a ferry",
                "Let a ferry go at another time of the same day.",
                {"ferry_id": _NUMBER, "leaves": _CLOCK},
                {"ferry_id": refer("ferry"), "leaves": replace("leaves")},
            ),
        ],
        "kinds": [
            define(
                "ferry",
                ["ferry", "ferries"],
                [
                    {"name": "id", "type": "id", "search": "number"},
                    {"name": "name", "search": "name"},
                    {"name": "day", "type": "date", "ranged": True},
                    {"name": "leaves"},
                ],
                label="{name}",
            )
        ],
        "records": {
            "ferry": list_rows(
                "id name day leaves", (71, "Marigold", "2026-11-26", "15:30"), (72, "Larkspur", "2026-11-27", "23:30")
            )
        },
    }
)


@pytest.mark.parametrize(
    ("text", "action", "leaves"),
    [
        ("move ferry 71 to 4pm", "marina.set_time", "16:00"),
        ("move ferry 71 an hour later", "marina.set_time", "16:30"),
        ("move ferry 71 half an hour earlier", "marina.set_time", "15:00"),
        ("move the Marigold back 45 minutes", "marina.set_time", "16:15"),
        ("move ferry 71 to friday at 4pm", "marina.move_ferry", "16:00"),
    ],
)
async def test_a_time_alone_is_set_by_the_action_that_needs_no_day(text: str, action: str, leaves: str) -> None:
    verdict = (await ask(WORLD, text)).verdict
    assert isinstance(verdict, Plan), verdict
    (step,) = verdict.steps
    assert (step.action, {each.param: each.value for each in step.filled}["leaves"]) == (action, leaves)


async def test_a_time_does_not_pass_midnight() -> None:
    verdict = (await ask(WORLD, "move ferry 72 an hour later")).verdict
    assert isinstance(verdict, Question), verdict
    assert "another day" in verdict.text


async def test_a_model_may_say_by_how_much_a_time_moves() -> None:
    later = {
        "op": "+",
        "a": {"field": "leaves", "of": {"handle": "@ferry_id"}},
        "b": {"number": 1, "unit": "hours", "quote": "an hour later"},
    }
    step = {"action": "set_time", "ferry_id": find("ferry", "71"), "leaves": later}
    there = WORLD.context(WORLD.provider({}))
    request = Request(text="let ferry 71 go an hour later", now=NOW)
    task = Task(request, OWNER, there, "run_00000000000000000000000001")
    resolver = ProposingResolver(Says({"understood": "", "result": plan(step), "rest": []}))
    verdict = (await propose(task, resolver)).verdict
    assert isinstance(verdict, Plan), verdict
    assert {each.param: each.value for each in verdict.steps[0].filled}["leaves"] == "16:30"
    shown = prepare(request, there.shortlist(OWNER, "admin"), tuple(there.kinds))
    assert 'time "HH:MM", or by how much it moves' in str(shown.messages)
