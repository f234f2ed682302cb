"""Questions that name no kind, and questions about somebody, over platforms whose words no rule knows."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered, ids


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("lending", "what's late", ["501", "505"]),
        ("vet", "what is unpaid", ["811", "812", "813"]),
        ("vet", "tell me about Ivo Marek", ["4"]),
        ("riding", "who is Pilar Ortega", ["13"]),
    ],
)
async def test_what_is_told_finds_the_kind_that_nobody_named(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


async def test_what_may_be_told_of_two_kinds_is_not_guessed() -> None:
    assert not isinstance(await answered("what's cancelled or done", "vet"), Reply)


async def test_a_sum_that_is_not_understood_is_never_answered_by_other_things() -> None:
    assert not isinstance(await answered("what is the total of invoices without the tyres", "garage"), Reply)
