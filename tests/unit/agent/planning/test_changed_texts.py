"""A text of a card is said anew as a whole; words that add to it change nothing."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Plan
from tests.unit.agent.planning.test_corrected_cards import talk

TEXT = 'text Yuki Tanaka "The brakes are done"'


@pytest.mark.parametrize(
    "text", ['add "Bye, Ida"', 'also "Bye, Ida"', 'and "Bye, Ida"', "add the message: Bye, Ida", 'append "Bye, Ida"']
)
async def test_what_is_to_be_added_to_a_text_does_not_take_its_place(text: str) -> None:
    _, outcome = await talk(TEXT, text, there="garage")
    assert isinstance(outcome.verdict, Abstain), outcome.verdict
    assert outcome.verdict.detail.startswith("The card has a text for ‘Message’ already")
    assert outcome.withdrawal.runs == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('no, "The clutch is done"', "The clutch is done"),
        ('make it "and add oil"', "and add oil"),
    ],
)
async def test_a_whole_text_takes_its_place(text: str, message: str) -> None:
    runs, outcome = await talk(TEXT, text, there="garage")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {each.param: each.value for each in outcome.verdict.steps[0].filled}["message"] == message
    assert outcome.withdrawal.runs == (runs[0].id,)
