"""What is to be left out of a set and isn't in it: the card of a plan says so. If there is none at all, it is asked."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.validate.coverage.test_set_against import verdict_of
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import came_of, find, plan

DUE = {"state": "due", "not": False}
PIET = {"belongs_to": find("member", "Piet Vos")}
RUTHS = find("fine", None, {"belongs_to": find("member", "Ruth Abara")}, pick="all")

SMALL = {"field": "amount", "op": "<", "value": {"number": 10, "unit": "EUR", "quote": "under 10 euros"}}


def waived(*where: dict[str, Any], pick: str = "all") -> dict[str, Any]:
    return plan({"action": "waive_fine", "fine_id": find("fine", None, *where, pick=pick), "amount": None})


def on(day: str, quote: str) -> dict[str, Any]:
    return {"field": "charged_on", "op": "during", "value": {"date": day, "quote": quote}}


@pytest.mark.parametrize(
    ("text", "result", "ids", "told"),
    [
        ("waive the due fines of Piet Vos except F-235", waived(DUE, PIET, {"except": find("fine", "F-235")}), [33, 34],
            "F-235 is not among them"),
        ("waive Piet Vos's fines except Ruth Abara's", waived(DUE, PIET, {"except": RUTHS}),
            [33, 34], "F-235 is not among them"),
        ("waive Piet Vos's fine of 15 November but keep that of 20 November", waived(DUE, PIET,
            on("2026-11-15", "15 November"), {"except": find("fine", None, PIET, on("2026-11-20", "20 November"))},
            pick="one"), [33], "F-234 is not among them"),
        ("waive the due fines of Piet Vos except F-234", waived(DUE, PIET, {"except": find("fine", "F-234")}),
            [33], ""),
        ("waive Piet Vos's fines except the one under 10 euros", waived(PIET, {"except": find("fine", None, SMALL)}),
            [33], ""),  # Ines Duarte has such a fine too
    ],
)  # fmt: skip
async def test_what_is_to_stay_may_be_outside_of_the_set(
    text: str, result: dict[str, Any], ids: list[int], told: str
) -> None:
    made = (await came_of(text, result)).verdict
    assert isinstance(made, Plan), made
    assert sorted(step.filled[0].value for step in made.steps) == ids
    assert any("not among them" in each for each in made.held) is bool(told)
    assert not told or any(each.startswith(told) for each in made.held)


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("waive Piet Vos's fines but keep F-234", True),
        ("waive Piet Vos's fines, leave F-234", True),
        ("waive Piet Vos's fines and spare F-234", True),
        ("waive Piet Vos's fines but close F-234", False),
        ("waive Piet Vos's fines but keep F-234 open until Friday", False),
    ],
)
async def test_a_verb_that_spares_what_is_left_out_says_nothing_more(text: str, *, done: bool) -> None:
    made = (await came_of(text, waived(DUE, PIET, {"except": find("fine", "F-234")}))).verdict
    assert isinstance(made, Plan if done else Question), made
    assert not isinstance(made, Plan) or not made.held


@pytest.mark.parametrize(
    ("text", "result", "asks"),
    [
        ("waive the due fines of Piet Vos except F-299", waived(DUE, PIET, {"except": find("fine", "F-299")}), "F-299"),
        ("waive Piet Vos's fine of 2 November but keep that of 20 November", waived(DUE, PIET,
            on("2026-11-02", "2 November"), {"except": find("fine", None, PIET, on("2026-11-20", "20 November"))},
            pick="one"), "no such fine"),
        ("waive Piet Vos's fines except the due one", waived(PIET, {"except": find("fine", None, DUE)}),
            "2 of them are so, and 1 should be left out"),
    ],
)  # fmt: skip
async def test_what_there_is_none_of_is_asked_about(text: str, result: dict[str, Any], asks: str) -> None:
    asked = (await came_of(text, result)).verdict
    assert isinstance(asked, Question), asked
    assert asks in asked.text


_TALK = offer("drop_talk", "Drop a talk", "Take a talk off the list.", {"talk_id": {"type": "integer"}},
    {"talk_id": refer("talk")})  # fmt: skip
_HALL = FrozenWorld(
    {
        "contracts": [_TALK],
        "kinds": [define("talk", ["talk", "talks"], [{"name": "id", "type": "id"}, {"name": "series", "search": "name"},
            {"name": "subject", "search": "text"}], label="talk {id}: {series}")],
        "records": {"talk": list_rows("id series subject", (1, "Bridges", "Open questions"),
            (2, "Bridges", "Steel"), (3, "Bridges", "Ropes"))},
    }
)  # fmt: skip


async def test_what_is_left_out_may_be_called_by_its_text_where_records_have_names_too() -> None:
    left = {"except": find("talk", "open questions")}
    call = {"action": "drop_talk", "talk_id": find("talk", None, left, pick="all")}
    made = await verdict_of(_HALL, "drop all talks except open questions", call)
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == [2, 3]
