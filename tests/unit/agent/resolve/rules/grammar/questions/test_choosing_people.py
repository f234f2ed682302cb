"""Questions about those who want to join a school and its teachers: who is meant by "who", and what is left to them."""

from __future__ import annotations

from typing import Final

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.dairy import ask_dairy
from tests.unit.marina import ask, define, list_rows, offer
from tests.unit.museum import ask_museum

_NAME: Final = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}]
_KINDS: Final = [
    define("teacher", ["teacher", "teachers"], [*_NAME, {"name": "email", "type": "email", "search": "email"},
        {"name": "status", "type": "enum", "values": ["active", "left"]},
        {"name": "sick_leave_left", "type": "integer"}], label="{name}",
        states={"active": {"status": ["active"]}, "left": {"status": ["left"]}}),
    define("candidate", ["candidate", "candidates"], [*_NAME, {"name": "teacher_id", "type": "id"},
        {"name": "stage", "type": "enum", "values": ["asked", "audition", "taken"]},
        {"name": "score", "type": "integer"}],
        label="{name}", size="score", relations=[{"kind": "teacher", "via": "teacher_id"}],
        states={"asked": {"stage": ["asked"]}, "audition": {"stage": ["audition"]}, "taken": {"stage": ["taken"]}}),
]  # fmt: skip
_RECORDS: Final = {
    "teacher": list_rows("id name email status sick_leave_left", (1, "Ada Quist", "a@post.example", "active", 4),
        (2, "Bo Ferrer", "b@post.example", "left", 0)),
    "candidate": list_rows("id name teacher_id stage score", (7, "Cleo Marsh", 1, "audition", 30),
        (8, "Dov Stone", 1, "asked", 10)),
}  # fmt: skip
_CONTRACT: Final = offer("praise", "Praise a teacher", "Praise.", {"teacher_id": {"type": "integer"}}, {
    "teacher_id": {"record": "teacher"}})  # fmt: skip
SCHOOL: Final = FrozenWorld({"contracts": [_CONTRACT], "kinds": _KINDS, "records": _RECORDS})


@pytest.mark.parametrize("text", ["who is at audition stage", "who's in audition?"])
async def test_who_is_at_a_stage_is_whoever_has_stages(text: str) -> None:
    """And not the teacher of somebody who is at that stage."""
    verdict = (await ask(SCHOOL, text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert verdict.text.startswith("Cleo Marsh"), verdict.text


@pytest.mark.parametrize(
    "text", ["how many sick leave days has Ada got left", "how many sick leave days does Ada have left"]
)
async def test_what_is_left_to_somebody_is_no_state_of_theirs(text: str) -> None:
    verdict = (await ask(SCHOOL, text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert verdict.text == "Ada Quist: sick leave left 4."


@pytest.mark.parametrize("text", ["what is the newest exhibit", "which exhibit is the newest?"])
async def test_the_newest_is_by_the_day_of_its_making(text: str) -> None:
    """Exhibits are listed by the day on which they open, which makes none older."""
    verdict = (await ask_museum(text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert "Paper Moon" in verdict.text
    assert "Bronze" not in verdict.text


async def test_what_is_from_yesterday_is_of_that_day() -> None:
    verdict = (await ask_dairy("orders from yesterday")).verdict
    assert isinstance(verdict, Reply), verdict
    assert verdict.text == "Order 3005."
    verdict = (await ask_dairy("claims from the day before yesterday")).verdict
    assert isinstance(verdict, Reply), verdict
    assert verdict.text.startswith("Claim 53"), verdict.text
