"""Questions of when: by the verb, by a state, by how long it has been so."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("vet", "when does Bruno's prescription run out", "5 Dec 2026"),
        ("lending", "when is loan 502 due", "29 Nov 2026"),
        ("vet", "how old is bill 812", "12 Oct 2026"),
        ("riding", "how long ago did Samir join", "30 Sep 2026"),
    ],
)
async def test_the_day_is_that_which_the_verb_tells_of(name: str, text: str, day: str) -> None:
    reply = await answered(text, name)
    assert isinstance(reply, Reply)
    assert day in reply.text


async def test_a_day_that_nothing_holds_is_not_told() -> None:
    assert not isinstance(await answered("when was fee 413 paid", "riding"), Reply)


async def test_what_comes_more_than_once_is_told_of_what_takes_place_and_of_nothing_else() -> None:
    reply = await answered("when did Yuki last come in", "garage")
    assert isinstance(reply, Reply)
    assert reply.text == "Job 804: tyres: 23 Nov 2026."
    here = await answered("when was Yuki last here", "garage")
    assert isinstance(here, Reply)
    assert here.text == reply.text
    assert not isinstance(await answered("when was Yuki last polite", "garage"), Reply)


async def test_how_long_in_a_state_is_not_told_by_the_day_it_came() -> None:
    assert not isinstance(await answered("how long has Owen's invoice been overdue", "garage"), Reply)
