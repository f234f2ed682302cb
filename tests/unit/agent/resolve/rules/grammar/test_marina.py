"""Orders of a platform that no rule has seen, most of them without a verb that its contracts declare."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Reply
from tests.unit.marina import ask_marina


async def calls_of(text: str) -> list[tuple[str, dict[str, Any]]] | None:
    """The calls that would be sent; None where nothing is planned."""
    verdict = (await ask_marina(text)).verdict
    if not isinstance(verdict, Plan):
        return None
    return [
        (step.action.removeprefix("marina."), {each.param: each.value for each in step.filled})
        for step in verdict.steps
    ]


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("903 sorted", [("close_job", {"job_id": 903})]),
        ("903's been sorted", [("close_job", {"job_id": 903})]),
        ("the torn fender just got fixed", [("close_job", {"job_id": 901})]),
        ("903 goes to Lina", [("give_job", {"job_id": 903, "hand_id": 72})]),
        ("can 903 go with Lina instead?", [("give_job", {"job_id": 903, "hand_id": 72})]),
        ("let Lina take 903", [("give_job", {"job_id": 903, "hand_id": 72})]),
        ("give 903 to Lina", [("give_job", {"job_id": 903, "hand_id": 72})]),
        ("902: make it calm", [("rush_job", {"job_id": 902, "urgency": "calm"})]),
        ("901: make it a rush", [("rush_job", {"job_id": 901, "urgency": "rush"})]),
        ("a fiver from Greta", [("take_money", {"skipper_id": 61, "amount": 500})]),
        ("Ravi gets a lift on 3 december", [("plan_lift", {"skipper_id": 62, "day": "2026-12-03"})]),
        ("book a lift for Tess a week on thursday", [("plan_lift", {"skipper_id": 63, "day": "2026-12-03"})]),
        ("book a lift for Tess on boxing day", [("plan_lift", {"skipper_id": 63, "day": "2026-12-26"})]),
        (
            "raise the rent of Long Pier 1 to 420 from new year's day",
            [("set_rent", {"berth_id": 31, "rent": 42000, "from": "2027-01-01"})],
        ),
        (
            "Otto is ill. Whatever he's got goes to Lina",
            [("give_job", {"job_id": 902, "hand_id": 72}), ("give_job", {"job_id": 901, "hand_id": 72})],
        ),
        (
            "sign Otto off. 903 goes to Lina",
            [("off_duty", {"hand_id": 71}), ("give_job", {"job_id": 903, "hand_id": 72})],
        ),
    ],
)
async def test_what_types_and_examples_tell_needs_no_declared_verb(
    text: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    assert await calls_of(text) == calls


@pytest.mark.parametrize(
    "text",
    [
        "903 isn't sorted",
        "903 is not sorted",
        "is 903 sorted?",
        "903 sorted?",
        "the torn fender was not fixed",
        "the torn fender hasn't been fixed",
        "the torn fender was nearly fixed",
        "the torn fender will be fixed tomorrow",
    ],
)
async def test_what_has_not_happened_is_not_reported(text: str) -> None:
    assert await calls_of(text) is None


async def test_what_shall_be_with_a_set_is_no_question_about_it() -> None:
    assert not isinstance((await ask_marina("every skipper with dogs gets a bag on friday")).verdict, Reply)


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("in case Greta hasn't paid november, sign Otto off", None),
        ("should there be more than 20 hull paint left, sign Otto off", None),
    ],
)
async def test_a_condition_of_months_and_of_stock_is_looked_up(text: str, calls: Any) -> None:
    assert await calls_of(text) == calls


@pytest.mark.parametrize("text", ["sign Otto off. all good", "sign Otto off, we have rested all week"])
async def test_how_things_stand_besides_changes_nothing_of_an_order(text: str) -> None:
    assert await calls_of(text) == [("off_duty", {"hand_id": 71})]


async def test_what_a_thing_is_called_is_no_word_of_what_it_is() -> None:
    assert await calls_of("new member! Ana Ruiz, 4 crew") == [("join", {"name": "Ana Ruiz", "crew": 4})]
    assert await calls_of("new member, 4 crew") is None


async def test_the_day_on_which_something_came_is_not_the_last_it_is_good_for() -> None:
    asked = (await ask_marina("4 hull paint came in yesterday")).verdict
    assert isinstance(asked, Question)
    assert "yesterday" in asked.text
    assert await calls_of("4 hull paint came in, best before 3 march 2027") == [
        ("restock", {"supply_id": 51, "count": 4, "best_before": "2027-03-03"})
    ]


@pytest.mark.parametrize("text", ["close 903 the moment it's dry", "give 903 to Lina the minute she is back"])
async def test_what_waits_for_a_moment_still_to_come_is_asked_about(text: str) -> None:
    assert isinstance((await ask_marina(text)).verdict, Question)


@pytest.mark.parametrize(
    "text", ["902 is no rush any more, put it on leisurely", "902 was far too calm, set it to top speed"]
)
async def test_a_value_in_a_reason_does_not_stand_for_an_unknown_one_in_the_order(text: str) -> None:
    verdict = (await ask_marina(text)).verdict
    assert isinstance(verdict, Question)
    assert [each.id for each in verdict.candidates] == ["calm", "normal", "rush"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("give Lina W. 903", "Lina W"),
        ("give 903 to Grace W. please", "Grace W"),
        ("give L. Wójcik 903", "L Wójcik"),
        ("give 903 to Lina. And close 902", "Lina"),
    ],
)
async def test_the_letter_of_a_name_ends_no_sentence(text: str, said: str) -> None:
    proposal = (await ask_marina(text)).proposal
    assert proposal is not None
    assert f'"text":"{said}"' in proposal.model_dump_json().replace(".", "")
