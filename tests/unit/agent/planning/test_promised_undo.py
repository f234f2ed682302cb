"""Taking back is promised only where it may be done; a record that was put in another's place is set back."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Plan
from tests.unit.agent.planning.test_corrected_cards import talk


@pytest.mark.parametrize(
    ("asked", "corrected", "there", "promised"),
    [
        ("renew loan 502 by 5 days", "make it 8 days", "lending", False),
        ("assign Tom Akers to job 804", "no, Ingrid Moen", "garage", True),
    ],
)
async def test_taking_back_is_promised_only_where_it_may_be_done(
    asked: str, corrected: str, there: str, promised: bool
) -> None:
    _, outcome = await talk(asked, corrected, there=there, cards="succeeded")
    assert isinstance(outcome.verdict, Abstain)
    assert "was sent already" in outcome.verdict.detail
    assert ("undo that" in outcome.verdict.detail) is promised


async def test_who_was_there_before_is_set_back() -> None:
    _, outcome = await talk("assign Tom Akers to job 804", "undo that", there="garage", cards="succeeded")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {each.param: each.value for each in outcome.verdict.steps[0].filled} == {"job_id": 804, "mechanic_id": 1}


async def test_a_verb_that_gives_is_not_opposed_by_words_that_take_it_back() -> None:
    """Its action goes by "give" as well, of which "undo" says the opposite."""
    _, outcome = await talk("assign the pillows to Pedro", "undo that", there="hotel", cards="succeeded")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {each.param: each.value for each in outcome.verdict.steps[0].filled} == {"task_id": 65, "staff_id": 43}
    assert outcome.verdict.held


async def test_where_nobody_was_there_before_nobody_is_set_back() -> None:
    _, outcome = await talk("assign Tom Akers to job 803", "undo that", there="garage", cards="succeeded")
    assert isinstance(outcome.verdict, Abstain)
    assert "can't be taken back" in outcome.verdict.detail
