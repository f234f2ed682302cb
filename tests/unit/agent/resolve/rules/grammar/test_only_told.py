"""What is asked, or told of what somebody did, orders nothing. A second subject, a set's limits and the verb that was
said are never passed over."""

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
    """The calls that would be sent. Empty where nothing is planned."""
    made = await verdict_of(text, name)
    steps = made.steps if isinstance(made, Plan) else ()
    return [(step.action.partition(".")[2], {each.param: each.value for each in step.filled}) for step in steps]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("what bill do we send Sven Aalto", "hotel"),
        ("what refund did Fatima Bakri get", "garage"),
        ("what note did Sean Brannigan get", "foodbank"),
    ],
)
async def test_a_question_whose_noun_is_a_verb_too_orders_nothing(text: str, name: str) -> None:
    assert await calls_of(text, name) == []


@pytest.mark.parametrize(
    ("text", "name"), [("Fatima Bakri has an old refund", "garage"), ("Sven Aalto has a new bill", "hotel")]
)
async def test_what_somebody_has_is_no_order_though_its_noun_is_a_verb_too(text: str, name: str) -> None:
    assert await calls_of(text, name) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lucia visits Edwin and Sean goes vegetarian", "foodbank"),
        ("Lotte joins Samir and Annika goes advanced", "riding"),
        ("Kofi drives 3001 and 3008 is packed", "foodbank"),
        ("pause Sean for 5 days and Ewa called", "foodbank"),
        ("pause Sean for 5 days, Ewa's fine", "foodbank"),
        ("pause Sean for 5 days and Ewa for good", "foodbank"),
        ("Kofi drives 3001, 3007 stays", "foodbank"),
        ("Lotte and Annika go intermediate, Pilar stays advanced", "riding"),
    ],
)
async def test_of_two_sentences_with_subjects_of_their_own_none_is_passed_over(text: str, name: str) -> None:
    assert await calls_of(text, name) == []


async def test_of_two_names_before_a_value_both_get_it() -> None:
    both = [("set_diet", {"pet_id": pet, "diet": "light"}) for pet in (21, 23)]
    assert await calls_of("Pepper and Bruno on light", "vet") == both


@pytest.mark.parametrize(
    ("text", "name", "call"),
    [
        ("Sean, not Edwin, goes halal", "foodbank", ("set_diet", {"household_id": 1002, "diet": "halal"})),
        ("Sean goes halal, not Edwin", "foodbank", ("set_diet", {"household_id": 1002, "diet": "halal"})),
        ("resend Yuki's invoice, not Greta's", "garage", ("resend_invoice", {"invoice_id": 903})),
    ],
)
async def test_whoever_is_denied_is_not_meant(text: str, name: str, call: tuple[str, dict[str, Any]]) -> None:
    assert await calls_of(text, name) == [call]


@pytest.mark.parametrize("denied", ["Maryam wasn't home", "Maryam's not", "Maryam's parcel wasn't"])
async def test_what_is_denied_of_another_record_is_not_done_with_it(denied: str) -> None:
    asked = await verdict_of(f"Kofi delivered Edwin's parcel, {denied}", "foodbank")
    assert isinstance(asked, Question)
    assert denied in asked.text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ivo's cheque came in: 125", "vet"),
        ("Fatima Bakri called about R-5105: paid 240", "garage"),
        ("Sean says: they moved to north", "foodbank"),
        ("Jonas arrives on Friday instead", "hotel"),
    ],
)
async def test_what_somebody_did_or_does_is_no_order_to_do_something_else(text: str, name: str) -> None:
    assert await calls_of(text, name) == []


@pytest.mark.parametrize(
    "text",
    [
        "message from Pilar: late on Friday",
        "Pilar's answer: yes",
        "Pilar's text: late on Friday",
        "Pilar let us know: late on Friday",
        "Pilar left a message saying she's late",
        "Pilar emailed saying she's late",
        "new mail for Pilar: pilar@ride.example",
        "Pilar's mail: pilar@ride.example",
    ],
)
async def test_what_came_from_somebody_is_not_sent_to_them(text: str) -> None:
    assert await calls_of(text, "riding") == []


@pytest.mark.parametrize("text", ["message Pilar: late on Friday", "write to Pilar saying late on Friday"])
async def test_what_is_to_be_said_is_sent(text: str) -> None:
    assert await calls_of(text, "riding") == [("message_rider", {"rider_id": 13, "text": "late on Friday"})]


async def test_whose_reading_it_is_begins_no_message() -> None:
    assert await calls_of("Pilar's reading was windy", "riding") == []


async def test_a_verb_of_another_action_is_not_what_a_name_and_a_day_would_fill() -> None:
    assert await calls_of("Jonas can't come wednesday, move him to friday", "hotel") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("close all rooms in maintenance", "hotel"),
        ("resend invoices to everyone with a job ready", "garage"),
        ("chase all unpaid fees for gloves", "riding"),
        ("waive every open charge of Amelia's over 50", "hotel"),
    ],
)
async def test_what_limits_a_set_is_read_or_asked_about(text: str, name: str) -> None:
    assert await calls_of(text, name) == []


async def test_a_record_and_any_word_mean_no_action() -> None:
    assert await calls_of("103: damp", "hotel") == []


async def test_an_amount_beside_a_state_is_of_what_has_that_state() -> None:
    calls = await calls_of("nudge everyone who is unpaid with more than 20 euros", "riding")
    assert calls == [("remind_fee", {"fee_id": 412}), ("remind_fee", {"fee_id": 411})]


async def test_names_of_a_set_and_of_who_gets_it_are_not_exchanged() -> None:
    assert await calls_of("assign every task on Rasmus to Ilse", "hotel") == []


async def test_a_title_that_names_nothing_does_not_join_two_orders() -> None:
    assert await calls_of("803 goes to Tom and Owen's stage is ready", "garage") == []


async def test_what_only_names_the_deed_is_no_text() -> None:
    assert await calls_of("fine Tariq 5 for the fine", "lending") == []
