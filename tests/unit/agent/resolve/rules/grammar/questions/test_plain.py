"""Questions that name no kind, and questions about somebody, over platforms whose words no rule knows."""

from __future__ import annotations

import json

import pytest

from agent.pipeline import Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered, ids
from tests.unit.own_worlds import WORLDS, read_words


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


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("show me the craftswomen", "4 craftswomen: Thunder; Biscuit; Moonlight; Caramel."),
        ("how many craftswomen are there", "4 craftswomen."),
        ("list the craftswomen who are fit", "2 fit craftswomen: Thunder; Biscuit."),
    ],
)
async def test_a_plural_without_an_s_is_of_all_of_them(text: str, told: str) -> None:
    given = json.loads((WORLDS / "riding.json").read_text("utf-8"))
    next(each for each in given["kinds"] if each["name"] == "horse")["nouns"] = ["craftswoman", "craftswomen"]
    found = FrozenWorld(given)
    verdict = await read_words(text, found.context(found.provider({})))
    assert isinstance(verdict, Reply), verdict
    assert verdict.text == told
