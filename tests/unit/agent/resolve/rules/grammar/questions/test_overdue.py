"""Questions about what is overdue, and about how things are today."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows

_SLED_HIRE = FrozenWorld(
    {
        "contracts": [],
        "kinds": [
            define("skier", ["skier", "skiers"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
                label="{name}"),
            define("hire", ["hire", "hires"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "skier_id", "type": "id"}, {"name": "due_on", "type": "date", "ranged": True},
                {"name": "size", "type": "enum", "values": ["small", "large"]},
                {"name": "status", "type": "enum", "values": ["out", "returned", "lost"]}], label="hire {id}",
                relations=[{"kind": "skier", "via": "skier_id"}], order="due_on", states={"out": {"status": ["out"]}}),
            define("bill", ["bill", "bills"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "skier_id", "type": "id"}, {"name": "payable_on", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["sent", "settled"]}], label="bill {id}",
                relations=[{"kind": "skier", "via": "skier_id"}], order="payable_on",
                states={"settled": {"status": ["settled"]}}, times={"overdue": ["payable_on", "past"]}),
            define("course", ["course", "courses"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "day", "type": "date", "ranged": True},
                {"name": "status", "type": "enum", "values": ["full", "open"]}], label="course {id}", order="day",
                states={"open": {"status": ["open"]}}),
        ],
        "records": {
            "skier": list_rows("id name", (1, "Ida Moss"), (2, "Per Lund")),
            "hire": list_rows("id skier_id due_on size status", (31, 1, "2026-11-20", "small", "out"),
                (32, 1, "2026-11-24", "large", "out"), (33, 2, "2026-11-19", "small", "returned"),
                (34, 2, "2026-11-18", "small", "lost")),
            "bill": list_rows("id skier_id payable_on status", (41, 1, "2026-11-01", "sent"),
                (42, 2, "2026-11-01", "settled"), (43, 2, "2026-12-20", "sent")),
            "course": list_rows("id day status", (51, "2026-11-24", "open"), (52, "2026-11-26", "open")),
        },
    }
)  # fmt: skip


async def answered(text: str) -> str:
    made = (await ask(_SLED_HIRE, text)).verdict
    assert isinstance(made, Reply), made
    return made.text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("which hires are overdue?", "Hire 31."),
        ("how many small hires are overdue?", "1 hire due before 24 Nov 2026 (size small, not returned, not lost)"),
        ("who has an overdue hire", "Ida Moss."),
        ("is hire 34 overdue?", "No: hire 34 (lost)."),
        ("is hire 31 overdue?", "Yes: hire 31 (out)."),
        ("which bills are overdue?", "Bill 41."),
        ("is bill 42 overdue?", "No: bill 42 (payable on 1 Nov 2026, settled)."),
    ],
)
async def test_what_is_finished_is_not_overdue(text: str, told: str) -> None:
    assert (await answered(text)).startswith(told)


async def test_a_state_that_is_asked_for_beside_it_alone_tells() -> None:
    assert (await answered("which overdue hires are lost?")).startswith("Hire 34.")
    assert (await answered("which overdue bills are settled?")).startswith("Bill 42.")


async def test_today_beside_a_state_is_now() -> None:
    assert "2 hires (out)" in await answered("how many hires are out today?")
    assert (await answered("is hire 31 out today?")).startswith("Yes")


async def test_today_is_the_day_of_what_takes_place_on_it() -> None:
    assert (await answered("which courses are open today?")).startswith("Course 51.")
