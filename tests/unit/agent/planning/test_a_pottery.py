"""Plain orders of a pottery."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit import pottery
from tests.unit.marina import ask, offer, refer
from tests.unit.pottery import POTTERY


@pytest.mark.parametrize("verb", ["mark", "make", "set"])
async def test_somebody_is_made_what_a_closed_list_holds_though_other_actions_take_people(verb: str) -> None:
    verdict = (await ask(POTTERY, f"{verb} Jonas Winters novice")).verdict
    assert isinstance(verdict, Plan), verdict
    assert [(step.action, {each.param: each.value for each in step.filled}) for step in verdict.steps] == [
        ("pottery.promote", {"maker_id": 2, "grade": "novice"})
    ]


@pytest.mark.parametrize(
    ("text", "wheel"),
    [
        ("return Edda's Blue Moon", 64),
        ("return jonas' red star", 65),
        ("return Edda Frost's blue moon", 64),
        ("return Edda's Red Star", None),
    ],
)
async def test_an_owner_and_the_name_of_what_is_theirs_are_one_record(text: str, wheel: int | None) -> None:
    returned = offer("return", "Return a wheel", "Take a lent wheel back.", {"wheel_id": {"type": "integer"}}, {
        "wheel_id": refer("wheel")})  # fmt: skip
    lent = [
        {"id": 64, "name": "Blue Moon", "make": "kick", "status": "lent", "maker_id": 1, "maker_name": "Edda Frost"},
        {"id": 65, "name": "Red Star", "make": "kick", "status": "lent", "maker_id": 2, "maker_name": "Jonas Winters"},
    ]
    records = {**pottery._RECORDS, "wheel": [{**each, "due_on": None} for each in lent]}
    there = FrozenWorld({"contracts": [*pottery._CONTRACTS, returned], "kinds": pottery._KINDS, "records": records})
    verdict = (await ask(there, text)).verdict
    assert isinstance(verdict, Plan if wheel else Question), verdict
    if isinstance(verdict, Plan):
        assert [(step.action, step.filled[0].value) for step in verdict.steps] == [("marina.return", wheel)]
