"""Plain orders of a pottery."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.marina import ask
from tests.unit.pottery import POTTERY


@pytest.mark.parametrize("verb", ["mark", "make", "set"])
async def test_somebody_is_made_what_a_closed_list_holds_though_other_actions_take_people(verb: str) -> None:
    verdict = (await ask(POTTERY, f"{verb} Jonas Winters novice")).verdict
    assert isinstance(verdict, Plan), verdict
    assert [(step.action, {each.param: each.value for each in step.filled}) for step in verdict.steps] == [
        ("pottery.promote", {"maker_id": 2, "grade": "novice"})
    ]
