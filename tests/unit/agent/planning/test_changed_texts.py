"""A card's text is said anew, added to, or corrected in one value. The new card shows all of it, and waits."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.agent.planning.test_other_choices import talk

TEXT = 'text Yuki Tanaka "The brakes are done"'
TOLD = "text Yuki Tanaka that the brakes are done at 5pm"


@pytest.mark.parametrize(
    ("before", "words", "message"),
    [
        (TEXT, 'add "Bye, Ida"', "The brakes are done; Bye, Ida"),
        (TEXT, 'also "Bye, Ida"', "The brakes are done; Bye, Ida"),
        (TEXT, "add the message: Bye, Ida", "The brakes are done; Bye, Ida"),
        (TEXT, "add that the key is with Ida", "The brakes are done; the key is with Ida"),
        (TEXT, "say the key is with Ida", "The brakes are done; the key is with Ida"),
        (TEXT, "also say the oil is done", "The brakes are done; the oil is done"),
        (TEXT, "say the oil and brakes are done", "the oil and brakes are done"),
        (TEXT, "no, say the key is with Ida", "the key is with Ida"),
        (TEXT, "make it say the key is with Ida", "the key is with Ida"),
        (TEXT, "message: the oil is done", "the oil is done"),
        (TEXT, "the message is the oil is done", "the oil is done"),
        (TEXT, "put 'the oil is done' as the message", "the oil is done"),
        (TEXT, "with the message the oil is done", "the oil is done"),
        (TEXT, 'no, "The clutch is done"', "The clutch is done"),
        (TEXT, 'make it "and add oil"', "and add oil"),
        (TOLD, "no, 6pm", "the brakes are done at 6pm"),
        (TOLD, "sorry, 17:30", "the brakes are done at 17:30"),
    ],
)
async def test_a_text_is_changed_on_a_new_card(before: str, words: str, message: str) -> None:
    runs, outcome = await talk("garage", before, words)
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {each.param: each.value for each in outcome.verdict.steps[0].filled}["message"] == message
    assert outcome.verdict.held
    assert outcome.withdrawal.runs == (runs[0].id,)


@pytest.mark.parametrize(
    "words",
    [
        "add that the key is with Ida and cancel job 807",
        "message: the oil is done, and cancel job 807",
        "add Ida",
        "say what is open?",
        "no, Friday",
        "6pm unless Ida is in",
    ],
)
async def test_an_order_or_a_question_is_no_text_and_a_value_of_no_kind_in_it_changes_nothing(words: str) -> None:
    _, outcome = await talk("garage", TOLD, words)
    assert not isinstance(outcome.verdict, Plan) or "message" not in {
        each.param for each in outcome.verdict.steps[0].filled
    }, outcome.verdict
    assert outcome.withdrawal.runs == ()


async def test_a_text_that_was_sent_is_not_changed() -> None:
    _, outcome = await talk("garage", TEXT, "say the oil is done", after=lambda run: run.with_(state="succeeded"))
    assert not isinstance(outcome.verdict, Plan)
