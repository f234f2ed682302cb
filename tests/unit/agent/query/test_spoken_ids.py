"""Ids: a record that is searched by its name alone is found by the id that stands behind its noun or "id"."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from agent.query.name_parts import read_spoken_id
from tests.unit.marina import ask
from tests.unit.playhouse import PLAYHOUSE

PATRON = next(each for each in PLAYHOUSE.context(PLAYHOUSE.provider({})).kinds if each.name == "patron")


async def came_of(text: str) -> Any:
    return (await ask(PLAYHOUSE, text)).verdict


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("suspend patron 4", [4]),
        ("suspend patron number 4", [4]),
        ("suspend patron id 4", [4]),
        ("suspend the patron with id 4", [4]),
        ("suspend patron 4 and patron 5", [4, 5]),
        ("clean box 4", [9]),  # what it is called comes first
        ("clean box 17", [17]),
        ("empty locker 204", [204]),
        ("empty the locker with number 205", [205]),
    ],
)
async def test_a_record_is_found_by_the_id_that_is_said_as_one(text: str, ids: list[int]) -> None:
    made = await came_of(text)
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == ids


@pytest.mark.parametrize("text", ["suspend patron 77", "suspend 4", "suspend room 4"])
async def test_an_id_that_is_not_there_and_a_number_that_is_no_id_are_asked_about(text: str) -> None:
    assert isinstance(await came_of(text), Question)


@pytest.mark.parametrize(
    ("words", "found"),
    [("patron 4", "4"), ("id 4", "4"), ("#4", "4"), ("the patron no. 4", "4"), ("4", None), ("seat 4", None),
     ("patron Ivo", None), ("patron 4 Lang", None)],
)  # fmt: skip
def test_words_say_an_id_by_the_records_noun_or_a_word_for_number(words: str, found: str | None) -> None:
    assert read_spoken_id(words, PATRON) == found
