"""Contrasts: what is said anew beside what it takes the place of."""

from __future__ import annotations

import pytest

from agent.pipeline import Proposed
from tests.unit.agent.resolve.rules.grammar.test_follow_ups import plan, resolve
from tests.unit.agent.resolve.rules.grammar.test_taking_back import said


@pytest.mark.parametrize("text", ["B-103 instead of B-102", "B-103, not B-102", "not that one, B-103"])
async def test_what_is_denied_of_the_card_takes_nothing_from_what_is_said_anew(text: str) -> None:
    made = await plan(text, said("extend B-102 by 2 nights", "B-102", waits=True))
    assert made.calls[0].arguments["stay"].reference.said.text == "B-103"
    assert made.replaces == ("@call1",)


async def test_another_value_of_the_same_may_be_denied() -> None:
    made = await plan("breakfast, not half board", said("Lea half board", "B-102", action="set_board", waits=True))
    assert "breakfast" in made.calls[0].arguments["board"].model_dump_json()


async def test_what_the_card_never_had_is_not_passed_over() -> None:
    made = await resolve("B-103, not on Friday", said("extend B-102 by 2 nights", "B-102", waits=True))
    assert not (isinstance(made, Proposed) and made.proposal.replaced)
