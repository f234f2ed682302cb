"""Everyday wording: what is worth so much, what a set gets, the sum of several, what was taken off again, no but it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.opposed_verbs import find_opposed_verbs
from registry.contract import parse
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


async def calls_of(text: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    made = await verdict_of(text, name)
    assert isinstance(made, Plan), getattr(made, "text", made)
    return [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in made.steps]


@pytest.mark.parametrize(
    ("text", "invoice"),
    [
        ("refund Fatima Bakri the 240 euro invoice", 905),
        ("resend the 316.50 euro bill", 903),
        ("resend the invoice of 316.50 euros", 903),
    ],
)
async def test_an_amount_before_its_noun_tells_which_is_meant(text: str, invoice: int) -> None:
    assert [call["invoice_id"] for _, call in await calls_of(text, "garage")] == [invoice]


async def test_how_much_something_new_is_worth_tells_no_record() -> None:
    assert await calls_of("take 20 euros off bill 811", "vet") == [
        ("discount_bill", {"bill_id": 811, "amount": 2000, "currency": "EUR"})
    ]


@pytest.mark.parametrize("text", ["every courtesy car gets 2 extra days", "every loaner that is out gets 2 more days"])
async def test_what_a_set_shall_get_is_given_to_it(text: str) -> None:
    calls = await calls_of(text, "garage")
    assert {call["hire_id"] for _, call in calls} == {71, 72}
    assert {name for name, _ in calls} == {"extend_hire"}


async def test_what_a_set_is_told_to_get_without_a_measure_is_no_order() -> None:
    assert not isinstance(await verdict_of("every customer gets an error", "garage"), Plan)


@pytest.mark.parametrize("tasks", ["the one about the deep clean", "those about the deep clean"])
async def test_what_is_left_out_may_stand_behind_who_gets_the_rest(tasks: str) -> None:
    calls = await calls_of(f"give all open tasks of Ilse Baum to Kemi except {tasks}", "hotel")
    assert [call["task_id"] for _, call in calls] == [63]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("don't cancel visit 702, give it to Lucy", "assign_vet"),
        ("don't move visit 702, just cancel it", "cancel_visit"),
    ],
)
async def test_what_shall_be_done_to_it_instead_is_done(text: str, action: str) -> None:
    assert [name for name, _ in await calls_of(text, "vet")] == [action]


async def test_a_day_that_is_said_anew_in_a_sentence_of_its_own_takes_the_place_of_the_first() -> None:
    calls = await calls_of("move job 805 to 4 December. No, the 5th", "garage")
    assert [(call["job_id"], call["day"]) for _, call in calls] == [(805, "2026-12-05")]


async def test_the_latest_of_whoever_was_spoken_of_is_theirs() -> None:
    assert await calls_of("Greta Falk has two bills. Remind the newest one", "vet") == [
        ("remind_bill", {"bill_id": 811})
    ]


async def test_once_more_is_again() -> None:
    assert await calls_of("send invoice R-5103 once more", "garage") == [("resend_invoice", {"invoice_id": 903})]


async def test_what_somebody_shall_be_told_to_do_is_not_done_for_them() -> None:
    assert not isinstance(await verdict_of("please ask Tom to cancel job 805", "garage"), Plan)
    message = ("text_customer", {"customer_id": 2, "message": "finish job 802"})
    assert await calls_of("tell Marcus Webb to finish job 802", "garage") == [message]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("who is staying the longest", None),
    ],
)
async def test_guests_are_told_by_what_is_said_of_their_stays(text: str, found: set[str] | None) -> None:
    made = await verdict_of(text, "hotel")
    assert ({each.id for each in made.records} if isinstance(made, Reply) else None) == found


async def test_since_when_somebody_is_here_is_when_they_came() -> None:
    made = await verdict_of("since when is Greta Falk with us?", "vet")
    assert isinstance(made, Reply)
    assert made.values == ("2022-03-04",)


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("which booked or ready jobs are there?", {"803", "804", "805", "806"}),
        ("list the booked or ready jobs of Owen Price", {"806"}),
    ],
)
async def test_one_or_the_other_of_two_states_is_either(text: str, jobs: set[str]) -> None:
    made = await verdict_of(text, "garage")
    assert isinstance(made, Reply), getattr(made, "text", made)
    assert jobs <= {each.id for each in made.records}


@pytest.mark.parametrize(
    "text", ["take Piet's 20 euro credit off again", "get the credit of Piet back", "take back the 20 euros of credit"]
)
def test_taking_away_is_the_opposite_of_giving(text: str) -> None:
    give = parse(
        {
            "schema": "opsiq/contract/v1", "name": "ferry.add_credit", "title": "Give a passenger credit",
            "surfaces": ["admin"], "roles": ["owner"], "description": "Puts credit on an account.",
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["passenger"],
                "properties": {"passenger": {"type": "integer"}},
            },
            "annotations": {"passenger": {"record": "passenger"}}, "endpoint": {"url": "https://ferry.example/add"},
        }
    )  # fmt: skip
    assert list(find_opposed_verbs(text, [give]))


@pytest.mark.parametrize(
    "text",
    [
        "text Greta Falk that Pepper is fine and ask her to call",
        "text Greta Falk that Pepper is fine, two sentences max",
        "text Greta Falk saying Pepper is fine and thanking her for waiting",
    ],
)
async def test_what_its_writer_shall_do_is_no_part_of_a_text(text: str) -> None:
    assert not isinstance(await verdict_of(text, "vet"), Plan)


@pytest.mark.parametrize("words", ["Pepper is fine, thanks for waiting", "Pepper is fine and thank you"])
async def test_thanks_in_a_text_are_a_part_of_it(words: str) -> None:
    assert [call["text"] for _, call in await calls_of(f"text Greta Falk saying {words}", "vet")] == [words]
