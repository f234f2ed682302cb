"""Which of a set are meant, read without a model: by who has them, and by states behind their noun."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from tests.unit.agent.query.test_misspelt_names import credit
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of


@pytest.mark.parametrize(
    "which", ["all jobs that nobody has", "jobs nobody is working on", "the jobs with no one on them"]
)
async def test_nobody_has_them(which: str) -> None:
    assert [each["job_id"] for each in await calls_of(f"assign {which} to Tom", "garage")] == [807, 803]


async def test_somebody_is_on_them() -> None:
    made = await calls_of("cancel all visits that somebody is working on", "vet")
    assert [each["visit_id"] for each in made] == [703, 705, 702, 701]


@pytest.mark.parametrize(
    ("text", "invoices"),
    [
        ("resend the invoice open of Yuki", [903]),
    ],
)
async def test_a_state_behind_the_noun_tells_which(text: str, invoices: list[int]) -> None:
    assert [each["invoice_id"] for each in await calls_of(text, "garage")] == invoices


@pytest.mark.parametrize("text", ["set the jobs of Owen Price collected", "mark the jobs of Owen Price collected"])
async def test_what_they_shall_become_is_not_what_they_are(text: str) -> None:
    assert [each["stage"] for each in await calls_of(text, "garage")] == ["collected", "collected"]


async def test_what_is_not_understood_of_a_set_is_named_before_its_size() -> None:
    asked = await credit("all customers we dislike", *(f"Ida Brandt {at}" for at in range(25)))
    assert isinstance(asked, Question)
    assert asked.text == "I can't tell what ‘we dislike’ says here. Say in other words which customers you mean."


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("refund R-5101 less 20 euros", 16900),
    ],
)
async def test_less_takes_an_amount_off_the_whole(text: str, amount: int) -> None:
    assert [each["amount"] for each in await calls_of(text, "garage")] == [amount]


async def test_less_than_an_amount_leaves_open_how_much() -> None:
    assert not isinstance(await verdict_of("refund less than 20 euros of R-5101", "garage"), Plan)


async def test_a_denied_clause_that_is_not_understood_is_asked_about() -> None:
    asked = await verdict_of("call off the appointments that don't concern Fatima", "garage")
    assert isinstance(asked, Question), asked


@pytest.mark.parametrize(
    ("text", "world", "param", "records"),
    [
        ("set all jobs from ready to collected", "garage", "job_id", [804, 806]),
        ("change every pet from kidney to normal", "vet", "pet_id", [23]),
        ("promote all riders from beginner to advanced", "riding", "rider_id", [14, 15, 11]),
    ],
)
async def test_what_they_are_changed_from_tells_which(text: str, world: str, param: str, records: list[int]) -> None:
    assert [each[param] for each in await calls_of(text, world)] == records


async def test_what_people_are_chosen_for_having_is_what_is_meant() -> None:
    made = await calls_of("chase all clients with unpaid bills over 100 euros", "vet")
    assert [each["bill_id"] for each in made] == [812]


async def test_what_nobody_did_is_not_what_nobody_has() -> None:
    assert isinstance(await verdict_of("cancel bookings nobody has inspected", "garage"), Question)


async def test_which_nobody_did_something_with_is_no_reason() -> None:
    asked = await verdict_of("throw out all items nobody has lent", "lending")
    assert isinstance(asked, Question), asked


@pytest.mark.parametrize("text", ["resend R-5101 if the invoice is overdue", "cancel 805 if the job is ready"])
async def test_a_condition_on_one_that_is_not_said_is_never_met_by_another(text: str) -> None:
    assert isinstance(await verdict_of(text, "garage"), Question)


async def test_a_denial_that_is_a_state_of_theirs_is_understood() -> None:
    assert [each["bill_id"] for each in await calls_of("chase everyone who hasn't paid", "vet")] == [813, 811, 812]
