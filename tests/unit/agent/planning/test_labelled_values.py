"""Values that are said with the name of their parameter, names in two parts, and fields that become something else."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.marina import ask
from tests.unit.school import SCHOOL

_ROSA = {"given_name": "Rosa", "family_name": "Lind", "email": "rosa@pupils.example"}


async def _calls_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    verdict = (await ask(SCHOOL, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in verdict.steps]


async def _question_of(text: str) -> str:
    verdict = (await ask(SCHOOL, text)).verdict
    assert isinstance(verdict, Question), verdict
    return verdict.text


@pytest.mark.parametrize(
    "text",
    [
        "enrol a pupil: given name Rosa, family name Lind, email rosa@pupils.example",
        "enrol pupil given name: Rosa, family name: Lind, email: rosa@pupils.example",
        "enrol a pupil with family name Lind, given name Rosa and email rosa@pupils.example",
        "enrol a pupil, given name Rosa, family name Lind, email rosa@pupils.example",
        "enrol a pupil named Rosa Lind with email rosa@pupils.example",
        "enrol pupil Rosa Lind with email rosa@pupils.example",
        "enrol a pupil: Rosa Lind, rosa@pupils.example",
    ],
)
async def test_each_part_of_a_name_gets_the_words_that_are_its_own(text: str) -> None:
    assert await _calls_of(text) == [("enrol", _ROSA)]


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("enrol pupil Rosa Lind with email rosa@pupils.example and phone +43 1 7", {"phone": "+43 1 7"}),
        ("enrol pupil Rosa Lind, email rosa@pupils.example, phone 3311", {"phone": "3311"}),
        ("enrol pupil Rosa Lind, email rosa@pupils.example, phone 3311, notes hard of hearing",
            {"phone": "3311", "notes": "hard of hearing"}),
        ("enrol pupil Rosa Lind, email rosa@pupils.example, notes: has a dog and a cat",
            {"notes": "has a dog and a cat"}),
    ],
)  # fmt: skip
async def test_a_labelled_value_is_no_part_of_a_name(text: str, more: dict[str, str]) -> None:
    assert await _calls_of(text) == [("enrol", _ROSA | more)]


async def test_a_name_that_is_listed_by_its_surname_is_said_the_other_way_round() -> None:
    assert await _calls_of("hire a tutor called Jan Moser") == [("hire", {"surname": "Moser", "forename": "Jan"})]


@pytest.mark.parametrize(
    "text",
    [
        "enrol a pupil called Rosa Maria Lind with email rosa@pupils.example",
        "enrol pupil Rosa Maria Lind, rosa@pupils.example",
        "enrol pupil Lind, Rosa, email rosa@pupils.example",
    ],
)
async def test_it_is_asked_which_word_is_which_part_of_a_name(text: str) -> None:
    assert await _question_of(text) == "What should “Given name” be?"


async def test_a_single_word_is_the_first_name_and_the_other_part_is_asked_for() -> None:
    assert "Family name" in await _question_of("enrol a pupil called Rosa with email rosa@pupils.example")


@pytest.mark.parametrize(
    ("text", "other"), [("open a room called Cellar", "Motto"), ("copy a sheet called Verbs", "Folder name")]
)
async def test_no_words_are_two_texts(text: str, other: str) -> None:
    assert await _question_of(text) == f"What should “{other}” be?"


@pytest.mark.parametrize(
    "text",
    [
        "plan a trip: title Old Mill, meeting point: the gate",
        "plan a trip: Old Mill, meeting point: the gate",
        "plan a trip: Old Mill, meeting point the gate",
    ],
)
async def test_a_text_behind_a_colon_ends_before_the_label_of_another(text: str) -> None:
    assert await _calls_of(text) == [("plan_trip", {"title": "Old Mill", "meeting_point": "the gate"})]


@pytest.mark.parametrize(
    ("text", "desk"),
    [
        ("seat Ines, desk B4", "B4"),
        ("seat Ines, desk 12, please", "12"),
        ("seat Ines in desk B4", "B4"),
        ("seat Ines desk B4", "B4"),
        ("let Ines in, the desk is B4", "B4"),
        ("seat Ines, desk: by the window", "by the window"),
    ],
)
async def test_an_optional_text_that_is_labelled_is_sent(text: str, desk: str) -> None:
    assert await _calls_of(text) == [("seat", {"pupil_id": 1, "desk": desk})]


async def test_a_code_that_nothing_reads_is_asked_about() -> None:
    assert "‘B4’" in await _question_of("seat Ines, B4")


async def test_of_two_values_for_one_parameter_the_second_is_asked_about() -> None:
    assert "B5" in await _question_of("seat Ines and Pavel, desks B4 and B5")


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("change Pavel's notes to right-handed", {"notes": "right-handed"}),
        ("set Pavel's notes to hard of hearing", {"notes": "hard of hearing"}),
        ("edit Pavel's notes to hard of hearing", {"notes": "hard of hearing"}),
        ("change the notes of Pavel to hard of hearing", {"notes": "hard of hearing"}),
        ("set the notes for Pavel to hard of hearing", {"notes": "hard of hearing"}),
        ('change Pavel\'s notes to "hard of hearing, sits in front"', {"notes": "hard of hearing, sits in front"}),
        ("change Pavel's given name to Paul", {"given_name": "Paul"}),
        ("change Pavel's given name to Paul and his family name to Thorn",
            {"given_name": "Paul", "family_name": "Thorn"}),
        ("change Pavel's email to paul@pupils.example", {"email": "paul@pupils.example"}),
        ("set Pavel's phone to +43 1 7", {"phone": "+43 1 7"}),
        ("set the phone of Pavel to 030 4440009", {"phone": "030 4440009"}),
        ("update Pavel: notes hard of hearing, phone 030 4440009",
            {"notes": "hard of hearing", "phone": "030 4440009"}),
    ],
)  # fmt: skip
async def test_a_field_that_shall_become_something_is_updated(text: str, call: dict[str, str]) -> None:
    assert await _calls_of(text) == [("update", {"pupil_id": 2, **call})]


@pytest.mark.parametrize("text", ["Pavel's notes to hard of hearing", "Pavel's email to paul@pupils.example"])
async def test_what_no_verb_orders_is_not_sent_at_once(text: str) -> None:
    verdict = (await ask(SCHOOL, text)).verdict
    assert not isinstance(verdict, Plan) or verdict.held


async def test_what_may_belong_to_a_new_text_is_asked_about() -> None:
    assert "‘no stairs’" in await _question_of("change Pavel's notes to hard of hearing, no stairs")


async def test_an_order_behind_a_new_text_is_its_own() -> None:
    made = await _calls_of("change Pavel's notes to hard of hearing and seat Ines")
    assert made == [("update", {"pupil_id": 2, "notes": "hard of hearing"}), ("seat", {"pupil_id": 1})]


async def test_a_field_of_no_record_of_the_action_is_not_set() -> None:
    assert not isinstance((await ask(SCHOOL, "change Pavel's price to 40")).verdict, Plan)


@pytest.mark.parametrize(
    "text",
    [
        "add a note to the Attic that the lamp is broken",
        "add this note to the Attic: the lamp is broken",
    ],
)
async def test_a_note_goes_to_its_record_and_does_not_become_it(text: str) -> None:
    made = await _calls_of(text)
    assert made == [("add_note", {"room_id": 21, "note": "the lamp is broken"})]


async def test_a_labelled_number_in_a_list_is_no_order() -> None:
    made = await _calls_of("sell Ines a course on 5 January, price 62.50")
    assert made == [("sell", {"pupil_id": 1, "starts_on": "2027-01-05", "price": 62.5})]


async def test_a_verb_of_an_action_orders_it_although_a_value_is_called_alike() -> None:
    made = await _calls_of("seat Ines and charge 2017")
    assert made == [("seat", {"pupil_id": 1}), ("charge_bill", {"bill_id": 2017})]
