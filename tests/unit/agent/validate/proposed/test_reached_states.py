"""Reached states: which of somebody's records is meant if a call sets a state that some of them have or are past."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from agent.planning.task import Verdict
from evals.cases.frozen_world import FrozenWorld
from tests.unit import pottery
from tests.unit.marina import ask, list_rows, offer, refer

_STATES = ["booked", "held", "skipped", "cancelled"]
_MARK = offer("mark", "Mark a session", "Say how a session went.",
    {"session_id": {"type": "integer"}, "status": {"type": "string", "enum": _STATES}},
    {"session_id": refer("session"), "status": {"replaces": {"parameter": "session_id", "field": "status"}}},
    aliases=["set"])  # fmt: skip
_SESSIONS = "id maker_id maker_name coach_id coach_name status day minutes"


async def _ask(text: str, *sessions: tuple[Any, ...]) -> Verdict:
    """What a text comes to, with other sessions of Edda Frost if there are any."""
    rows = [(number, 1, "Edda Frost", 22, "April Reyes", *rest) for number, *rest in sessions]
    records = {**pottery._RECORDS, **({"session": list_rows(_SESSIONS, *rows)} if rows else {})}
    there = FrozenWorld({"contracts": [_MARK], "kinds": pottery._KINDS, "records": records})
    return (await ask(there, text)).verdict


@pytest.mark.parametrize(
    ("text", "session", "told"),
    [
        ("mark Jonas Winters' session as held", 304, "Session 303 of Jonas Winters is held already"),
        ("mark Edda Frost's session as held", 302, "Session 301 of Edda Frost is skipped already"),
        ("mark Edda Frost's session as skipped", 302, "Session 301 of Edda Frost is skipped already"),
    ],
)
async def test_a_record_that_is_in_the_state_or_past_it_is_not_meant(text: str, session: int, told: str) -> None:
    plan = await _ask(text)
    assert isinstance(plan, Plan), plan
    assert plan.steps[0].filled[0].value == session
    assert any(each.startswith(told) for each in plan.held)


@pytest.mark.parametrize(
    ("text", "sessions"),
    [
        ("mark Edda Frost's session as booked", [(1, "held", "2026-11-10", 60), (2, "skipped", "2026-11-11", 60)]),
        ("mark Edda Frost's session as skipped", [(1, "held", "2026-11-10", 60), (2, "booked", "2026-11-27", 60)]),
        ("mark Edda Frost's session as held", [(1, "held", "2026-11-27", 60), (2, "booked", "2026-11-27", 60)]),
    ],
)
async def test_it_is_asked_about_if_none_or_several_are_before_the_state_or_nothing_else_tells_them_apart(
    text: str, sessions: list[tuple[Any, ...]]
) -> None:
    asked = await _ask(text, *sessions)
    assert isinstance(asked, Question)
    assert [each.id for each in asked.candidates] in (["1", "2"], ["2", "1"])


async def test_whose_record_is_meant_is_not_told_by_its_state() -> None:
    kinds, records = pottery._KINDS, dict(pottery._RECORDS)
    records["maker"] = [{**each, "name": each["name"].replace("Jonas", "Edda")} for each in pottery._RECORDS["maker"]]
    records["session"] = [each for each in pottery._RECORDS["session"] if each["id"] in (302, 303)]
    there = FrozenWorld({"contracts": [_MARK], "kinds": kinds, "records": records})
    assert isinstance((await ask(there, "mark Edda's session as held")).verdict, Question)
