"""Records that are said otherwise than they are called: by a closed field, in letters, in other forms."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import Words
from agent.validate.coverage.typed_words import TypedWords
from agent.validate.records.ranking import holds_initials, is_in_other_forms
from tests.unit.own_worlds import NOW, came_of, find, plan


def stage(said: str, whose: str) -> dict[str, object]:
    job = find("job", said, {"belongs_to": find("customer", whose)})
    return {"action": "set_stage", "job_id": job, "stage": {"value": "ready", "quote": "ready"}}


async def test_a_member_of_a_closed_field_says_which_record_where_no_name_does() -> None:
    made = (
        await came_of("the brakes of Marcus Webb are ready", plan(stage("brakes", "Marcus Webb")), "garage")
    ).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].pins[0].record_id == "802"


async def test_a_member_that_no_record_of_theirs_has_is_said_to_be_none() -> None:
    made = (await came_of("the tyres of Marcus Webb are ready", plan(stage("tyres", "Marcus Webb")), "garage")).verdict
    assert isinstance(made, Question), made
    assert "tyres" in made.text


@pytest.mark.parametrize(
    ("short", "name", "held"),
    [
        ("2fa", "Set up two-factor authentication", True),
        ("kyc", "How to know your client", True),
        ("vat", "Value of time", False),
    ],
)
def test_letters_stand_for_the_words_that_begin_with_them(short: str, name: str, held: bool) -> None:
    assert holds_initials(short, name) is held


def test_a_number_in_figures_is_the_word_for_it() -> None:
    assert is_in_other_forms("3-phase plugs", "Plug for three-phase current")


@pytest.mark.parametrize(
    ("text", "said", "held"),
    [
        ("ticket seventy one oh four", "714", False),
        ("job thirty one twenty", "3120", True),
        ("job thirty one and twenty", "3120", False),
        ("die Septemberrechnung", "September", True),
        ("Martinez pays", "Martin", False),
    ],
)
def test_dictated_numbers_and_parts_of_compounds_are_typed(text: str, said: str, held: bool) -> None:
    assert TypedWords(Request(text=text, now=NOW)).hold(Words(text=said)) is held
