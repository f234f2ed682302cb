"""Records that were shown before: which of them is meant by its place, by words or as a whole set."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Reply
from agent.planning.proposal import AS_SHOWN
from tests.unit.dairy import DAIRY
from tests.unit.marina import ask
from tests.unit.own_worlds import answer, came_of, find, plan

SHOWN = {"@set1": (("fine", "33"), ("fine", "32"), ("fine", "34"))}


@pytest.mark.parametrize(
    ("nth", "says"),
    [
        (1, "33"),
        (2, "is paid; this needs a"),  # another one that would do was not meant
        (4, "There were 3 fines. Which one do you mean?"),
    ],
)
async def test_one_of_those_shown_is_by_its_place_whether_or_not_it_fits(nth: int, says: str) -> None:
    order = {"by": AS_SHOWN, "first": "earliest", "nth": nth}
    waive = {"action": "waive_fine", "fine_id": find("fine", order=order, among="@set1"), "amount": None}
    made = (await came_of("waive that one", plan(waive), thread=SHOWN)).verdict
    if isinstance(made, Plan):
        assert str(made.steps[0].filled[0].value) == says
    else:
        assert isinstance(made, Question)
        assert says in made.text


async def test_a_set_that_was_shown_is_listed_whole() -> None:
    made = (await came_of("which ones?", answer(records={"handle": "@set1"}, fields=[]), thread=SHOWN)).verdict
    assert isinstance(made, Reply), made
    assert {each.id for each in made.records} == {"32", "33", "34"}


async def test_words_that_choose_none_of_a_set_are_asked_about_with_all_of_it() -> None:
    waive = {"action": "waive_fine", "fine_id": find("fine", "sunny", among="@set1"), "amount": None}
    made = (await came_of("waive the sunny one", plan(waive), thread=SHOWN)).verdict
    assert isinstance(made, Question), made
    assert {each.id for each in made.candidates} == {"33", "34"}  # the other one is paid
    assert "‘sunny’ here. Which one do you mean:" in made.text


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        (("32", "34", "33"), "Which one do you mean, the last one shown or the newest"),
        (("34", "32"), "Which one do you mean, the last one shown or the newest"),
    ],
)
async def test_the_last_one_that_is_not_the_newest_is_asked_about(shown: tuple[str, ...], says: str) -> None:
    order = {"by": AS_SHOWN, "first": "latest", "nth": 1}
    waive = {"action": "waive_fine", "fine_id": find("fine", order=order, among="@set1"), "amount": None}
    keys = {"@set1": tuple(("fine", each) for each in shown)}
    made = (await came_of("waive that one", plan(waive), thread=keys)).verdict
    assert isinstance(made, Question)
    assert made.text.startswith(says)
    assert len(made.candidates) == 2


async def test_the_last_one_that_is_the_newest_too_is_taken() -> None:
    order = {"by": AS_SHOWN, "first": "latest", "nth": 1}
    waive = {"action": "waive_fine", "fine_id": find("fine", order=order, among="@set1"), "amount": None}
    keys = {"@set1": (("fine", "32"), ("fine", "33"), ("fine", "34"))}
    made = (await came_of("waive that one", plan(waive), thread=keys)).verdict
    assert isinstance(made, Plan)
    assert made.steps[0].filled[0].value == 34


async def test_several_of_those_shown_are_by_their_places() -> None:
    order = {"by": AS_SHOWN, "first": "earliest", "nth": 1}
    waive = {"action": "waive_fine", "fine_id": find("fine", order=order, among="@set1", pick=2), "amount": None}
    keys = {"@set1": (("fine", "33"), ("fine", "34"), ("fine", "32"))}
    made = (await came_of("waive the first two of them", plan(waive), thread=keys)).verdict
    assert isinstance(made, Plan)
    assert [step.filled[0].value for step in made.steps] == [33, 34]


async def test_what_has_ended_is_listed_with_its_state() -> None:
    made = (await ask(DAIRY, "which claims were opened after 10 November")).verdict
    assert isinstance(made, Reply), made
    assert "3 claims opened from 11 Nov 2026 to 24 Nov 2026 (1 closed): " in made.text
    assert "claim 53 (Jonas Keel, opened on 22 Nov 2026, open); claim 52 (Mila Brandt, opened on 15 Nov" in made.text
