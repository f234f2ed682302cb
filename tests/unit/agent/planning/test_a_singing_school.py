"""Orders and questions whose words are days, types, holders and verbs of what live data knows."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Reply
from tests.unit.singing_school import ask_school


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("pia in evensong on 11 december", "enrol", {"singer_id": 21, "rehearsal_id": 42}),
        ("clara voigt does the evensong concert", "assign_tutor", {"rehearsal_id": 42, "tutor_id": 31}),
        ("get bruno to direct the madrigal", "assign_tutor", {"rehearsal_id": 43, "tutor_id": 32}),
        ("6 more beech came in", "add_stands", {"stand_id": 51, "quantity": 6}),
        ("greta's letter from pia: answered", "answer_letter", {"letter_id": 61, "stage": "answered"}),
        ("pia wants hers on 12 december", "move_lesson", {"lesson_id": 71, "day": "2026-12-12"}),
        ("jonas concert on 12 december instead", "move_lesson", {"lesson_id": 72, "day": "2026-12-12"}),
    ],
)
async def test_each_word_of_an_order_has_its_place_in_live_data(text: str, action: str, values: dict[str, Any]) -> None:
    made = (await ask_school(text)).verdict
    assert isinstance(made, Plan), made
    (step,) = made.steps
    assert (step.action, {each.param: each.value for each in step.filled}) == (f"choir.{action}", values)
    assert made.held


async def test_a_phrasal_name_of_an_action_that_ends_something_is_a_verb_of_it() -> None:
    made = (await ask_school("rub out the madrigal")).verdict
    assert isinstance(made, Plan) or (isinstance(made, Question) and "choir.call_off" in str(made)), made


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("who teaches madrigal on 5 december", ["Clara Voigt"]),
        ("greta's letters", ["letter 61", "letter 63"]),
        ("letters of anselm", ["letter 62"]),
        ("what have we got waiting", ["letter 63"]),
        ("how many warm ups on 4 december", ["Evensong"]),
        ("who coaches the madrigal on 5 december", ["Clara Voigt"]),
        ("how many warm ups next week", ["Evensong"]),
        ("which warm ups are on 4 december", ["Evensong"]),
    ],
)
async def test_a_question_is_answered_by_deeds_holders_and_states(text: str, labels: list[str]) -> None:
    made = (await ask_school(text)).verdict
    assert isinstance(made, Reply), made
    assert sorted(each.label for each in made.records) == labels


async def test_what_somebody_has_is_asked_for_by_its_name_alone() -> None:
    made = (await ask_school("pia stern's mentor")).verdict
    assert isinstance(made, Reply), made
    assert "Greta" in made.text
