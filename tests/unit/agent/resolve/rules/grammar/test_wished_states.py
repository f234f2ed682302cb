"""What shall be, told as if it were, needed or permitted, is ordered. What was, or is denied, is not."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


async def calls_of(text: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    made = await verdict_of(text, name)
    assert isinstance(made, Plan), getattr(made, "text", made)
    return [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in made.steps]


@pytest.mark.parametrize(
    "text",
    [
        "visit 702 is Lucy's",
        "visit 702 is Lucy's now",
        "visit 702 should go to Lucy",
        "Lucy gets visit 702",
        "Lucy should have visit 702",
    ],
)
async def test_whose_a_thing_shall_be_is_who_gets_it(text: str) -> None:
    assert await calls_of(text, "vet") == [("assign_vet", {"visit_id": 702, "vet_id": 33})]


@pytest.mark.parametrize(
    "text",
    [
        "visit 702 isn't Lucy's",
        "visit 702 is Lucy's until Monday",
        "visit 702 was Lucy's",
        "Lucy had visit 702",
        "Lucy has visit 702",
        "Lucy has had visit 702",
        "Lucy used to have visit 702",
        "Lucy would have got visit 702",
        "Lucy should have had visit 702",
        "Lucy should not have visit 702",
        "Lucy doesn't get visit 702",
    ],
)
async def test_whose_a_thing_was_or_is_not_gives_it_to_nobody(text: str) -> None:
    assert not isinstance(await verdict_of(text, "vet"), Plan)


@pytest.mark.parametrize("text", ["all of Ilse Baum's open tasks to Kemi", "give all open tasks of Ilse Baum to Kemi"])
async def test_a_set_that_goes_to_somebody_is_no_question(text: str) -> None:
    calls = await calls_of(text, "hotel")
    assert [call for _, call in calls] == [{"task_id": 61, "staff_id": 43}, {"task_id": 63, "staff_id": 43}]


async def test_who_has_a_thing_now_is_who_gets_it() -> None:
    assert await calls_of("Lucy has visit 702 now", "vet") == [("assign_vet", {"visit_id": 702, "vet_id": 33})]


@pytest.mark.parametrize(
    "text",
    [
        "Fatima Bakri needs her last invoice again",
        "Fatima Bakri wants her last invoice again",
        "Fatima Bakri wants her last invoice again, send it to her",
    ],
)
async def test_what_somebody_needs_is_sent(text: str) -> None:
    assert await calls_of(text, "garage") == [("resend_invoice", {"invoice_id": 905})]


@pytest.mark.parametrize(
    "text",
    [
        "Fatima Bakri no longer wants her last invoice again",
        "Fatima Bakri wanted her last invoice",
        "Fatima Bakri wants her last invoice again next week",
        "Fatima Bakri wants her last invoice again, tell her no",
    ],
)
async def test_what_somebody_does_not_need_or_needed_is_not_sent(text: str) -> None:
    assert not isinstance(await verdict_of(text, "garage"), Plan)


@pytest.mark.parametrize("text", ["will Fatima Bakri pay her invoice?", "will Owen Price pay his invoice?"])
async def test_what_somebody_will_do_is_asked_and_not_ordered(text: str) -> None:
    assert not isinstance(await verdict_of(text, "garage"), Plan)


@pytest.mark.parametrize(
    ("text", "name", "call"),
    [
        ("resend Fatima Bakri the paid one", "garage", ("resend_invoice", {"invoice_id": 905})),
        ("assign the high one of Pedro Vance to Kemi", "hotel", ("assign_task", {"task_id": 62, "staff_id": 43})),
        ("renew Ines Duarte the late one by 7 days", "lending", ("renew_loan", {"loan_id": 501, "days": 7})),
    ],
)
async def test_one_is_a_record_of_the_kind_that_is_wanted(text: str, name: str, call: tuple[str, Any]) -> None:
    assert await calls_of(text, name) == [call]


@pytest.mark.parametrize("text", ["R-5103 was wrong. Resend it", "R-5102, sorry, R-5103 was wrong. Resend that one"])
async def test_it_is_the_record_whose_number_came_before(text: str) -> None:
    assert await calls_of(text, "garage") == [("resend_invoice", {"invoice_id": 903})]


async def test_it_is_none_of_two_whose_numbers_came_before() -> None:
    asked = await verdict_of("R-5103 and R-5102 were wrong. Resend it", "garage")
    assert isinstance(asked, Question)
    assert asked.slot != "rest"


@pytest.mark.parametrize("aside", ["which she pays back", "to be repaid", "which she returns by Easter"])
async def test_what_shall_become_of_an_amount_is_no_aside(aside: str) -> None:
    asked = await verdict_of(f"take 20 euros off charge 9002, {aside}", "hotel")
    assert isinstance(asked, Question), asked
    assert aside.split()[-1] in asked.text


@pytest.mark.parametrize("aside", ["which she earned", "which she never used"])
async def test_what_has_become_of_an_amount_is_an_aside(aside: str) -> None:
    assert isinstance(await verdict_of(f"take 20 euros off charge 9002, {aside}", "hotel"), Plan)
