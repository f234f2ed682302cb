"""Requests without a verb of any action: the record and the new value in them fit one action, tried on live data."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Question, Reply, Request
from agent.planning.linked_plans import ONLY_FIT
from agent.planning.proposal import (
    Argument,
    Call,
    ComputedArgument,
    Day,
    Find,
    PlanResult,
    Proposal,
    RecordArgument,
    TypedValue,
    Words,
)
from agent.planning.propose import propose
from agent.planning.task import NAMED_IN_PART, Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.marina import ask_marina
from tests.unit.museum import MUSEUM, ask_museum
from tests.unit.own_worlds import NOW, OWNER


async def read_calls(text: str) -> tuple[list[tuple[str, dict[str, Any]]], tuple[str, ...]]:
    """The calls of the plan, and why it waits."""
    made = (await ask_museum(text)).verdict
    assert isinstance(made, Plan), made
    calls = [
        (step.action.removeprefix("museum."), {each.param: each.value for each in step.filled}) for step in made.steps
    ]
    return calls, made.held


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("paper moon a week later", "set_opening", {"exhibit_id": 14, "opens_on": "2026-12-19"}),
        ("postpone the paper moon by a week", "set_opening", {"exhibit_id": 14, "opens_on": "2026-12-19"}),
        ("push the glass bells back two days", "set_opening", {"exhibit_id": 11, "opens_on": "2026-12-07"}),
        ("glass bells by friday please", "set_opening", {"exhibit_id": 11, "opens_on": "2026-11-27"}),
        ("glass bells til 2 jan", "set_opening", {"exhibit_id": 11, "opens_on": "2027-01-02"}),
        ("bronze horse to the 28th", "set_opening", {"exhibit_id": 12, "opens_on": "2026-12-28"}),
        ("bronze horse is 40 now", "set_seats", {"exhibit_id": 12, "seats": 40}),
    ],
)
async def test_the_only_action_with_a_place_for_the_value_is_planned_and_waits(
    text: str, action: str, values: dict[str, Any]
) -> None:
    calls, held = await read_calls(text)
    assert calls == [(action, values)]
    assert ONLY_FIT in held, "nobody said what shall be done"


@pytest.mark.parametrize(
    "text",
    [
        "paper moon was 40 last year",  # told of the past
        "nobody wants the paper moon a week later",  # denied
        "is the glass bells a week later?",  # asked
        "silver fox a week later",  # there is none
        "the guide says Ada is 40 now",  # no exhibit
    ],
)
async def test_nothing_is_planned_from_what_does_not_fit(text: str) -> None:
    assert not isinstance((await ask_museum(text)).verdict, Plan)


async def test_of_two_records_the_one_that_is_named_itself_is_meant() -> None:
    calls, _ = await read_calls("paper moon a week later")
    assert calls[0][0] == "set_opening", "and not the loan of it, which has a day too"


@pytest.mark.parametrize(
    ("text", "loan"),
    [("extend Ada's glass bells loan to 31 January", 4301), ("extend Ada's paper moon loan to 31 March", 4302)],
)
async def test_plain_words_beside_an_owner_tell_which_of_their_records_is_meant(text: str, loan: int) -> None:
    calls, _ = await read_calls(text)
    assert (calls[0][0], calls[0][1]["loan_id"]) == ("extend_loan", loan)


@pytest.mark.parametrize("text", ["store the paper moon", "please store paper moon"])
async def test_plain_words_are_a_records_name_where_nothing_else_is_read_from_them(text: str) -> None:
    assert (await read_calls(text))[0] == [("store", {"exhibit_id": 14})]


@pytest.mark.parametrize("text", ["change the fee 4301 450", "change the fee of the glass bells 450"])
async def test_beside_a_name_or_a_number_a_bare_number_is_no_record(text: str) -> None:
    assert (await read_calls(text))[0] == [("set_fee", {"loan_id": 4301, "fee": 45000})]


async def test_words_beside_a_name_tell_two_records_apart_and_the_card_says_so() -> None:
    calls, held = await read_calls("store the bronze one, the lion needs repairs")
    assert calls == [("store", {"exhibit_id": 13})]
    assert "Two or more could be meant; “lion” tells that it is Bronze Lion." in held


@pytest.mark.parametrize(
    "text",
    [
        "store the bronze one",
        "store the bronze one, not the lion",
        "store the bronze one, the lion and the horse need repairs",
    ],
)
async def test_words_that_deny_or_name_both_tell_nothing_apart(text: str) -> None:
    asked = (await ask_museum(text)).verdict
    assert isinstance(asked, Question)
    assert {each.label for each in asked.candidates} >= {"Bronze Horse", "Bronze Lion"}


async def test_a_bare_day_is_the_one_nearest_to_the_day_that_it_replaces() -> None:
    calls, _ = await read_calls("the bronze horse opens on the 28th instead")
    assert calls == [("set_opening", {"exhibit_id": 12, "opens_on": "2026-12-28"})], "and not 28 November"
    calls, _ = await read_calls("the bronze horse opens on 28 November instead")
    assert calls == [("set_opening", {"exhibit_id": 12, "opens_on": "2026-11-28"})]
    calls, _ = await read_calls("the glass bells open on the 3rd instead")
    assert calls == [("set_opening", {"exhibit_id": 11, "opens_on": "2026-12-03"})]


@pytest.mark.parametrize("form", [TypedValue, Day])
async def test_a_models_bare_day_is_the_nearest_too(form: type[TypedValue] | type[Day]) -> None:
    text = "the bronze horse opens on the 28th instead"
    quote, horse = Words(text="the 28th", origin=0, start=26), Words(text="bronze horse", origin=0, start=4)
    day: Argument = ComputedArgument(expression=Day(date="2026-11-28", quote=quote))
    if form is TypedValue:
        day = TypedValue(value="2026-11-28", quote=quote)
    record = RecordArgument(reference=Find(record="exhibit", said=horse))
    calls = (Call(action="museum.set_opening", arguments={"exhibit_id": record, "opens_on": day}),)
    there = MUSEUM.context(MUSEUM.provider({}))
    run = "run_00000000000000000000000001"
    task = Task(Request(text=text, now=NOW), OWNER, there, run, proposal=Proposal(result=PlanResult(calls=calls)))
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan)
    assert {each.param: each.value for each in made.steps[0].filled}["opens_on"] == "2026-12-28"


@pytest.mark.parametrize(
    ("text", "loan", "fee"),
    [
        ("4301 to 450 euros", 4301, 45000),
        ("loan 4301 is 450 now", 4301, 45000),
        ("paper moon for 20 euros now", 4302, 2000),
    ],
)
async def test_money_waits_where_no_word_names_an_action(text: str, loan: int, fee: int) -> None:
    calls, held = await read_calls(text)
    assert calls == [("set_fee", {"loan_id": loan, "fee": fee})]
    assert ONLY_FIT in held


@pytest.mark.parametrize("length", ["an extra week"])
async def test_a_length_of_time_that_an_action_has_no_place_for_is_asked_about(length: str) -> None:
    asked = (await ask_museum(f"Bo needs {length} on the paper moon")).verdict
    assert isinstance(asked, Question)
    assert length in asked.text


async def test_a_number_of_what_a_record_has_is_part_of_the_order() -> None:
    asked = (await ask_museum("store the paper moon: 500 seats")).verdict
    assert isinstance(asked, Question)
    assert "500 seats" in asked.text


@pytest.mark.parametrize("text", ["paper moon 70 a month", "paper moon 70 per week"])
async def test_a_rate_is_no_count(text: str) -> None:
    assert not isinstance((await ask_museum(text)).verdict, Plan)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("when does Bo's loan run out", "Loan 4303: ends on 31 Mar 2027."),
        ("who has the bronze horse", "Bo Ferrer."),
    ],
)
async def test_a_question_word_tells_which_fields_of_a_named_record_are_asked_for(text: str, told: str) -> None:
    made = (await ask_museum(text)).verdict
    assert isinstance(made, Reply), made
    assert made.text == told


@pytest.mark.parametrize(
    "text",
    [
        "when will we see the silver fox",  # there is none
        "when does Ada's loan run out",  # she has two
        "what colour is the bronze horse",  # no question word for a field
        "who else has the bronze horse",
        "when is the bronze horse",  # without a verb nothing says which day
        "when does the bronze horse's permit run out",  # of what nothing is known here
        "when was the bronze horse cast",
        "how much is a ticket for Bo's loan",
        "what does Bo's loan cost without insurance",
    ],
)
async def test_a_question_without_one_such_record_is_not_answered(text: str) -> None:
    made = (await ask_museum(text)).verdict
    assert isinstance(made, Abstain | Question) or (isinstance(made, Reply) and made.partial), made


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tell Ada to bring two chairs on Friday", "bring two chairs on Friday"),
        ("ask Bo to come at ten", "come at ten"),
        ("remind Ada to lock the door", "lock the door"),
        ("tell Ada parking is free now", "parking is free now"),
    ],
)
async def test_what_somebody_is_to_be_told_is_the_message_as_typed(text: str, message: str) -> None:
    calls, _ = await read_calls(text)
    assert [(action, values["text"]) for action, values in calls] == [("write", message)]


async def test_what_somebody_shall_do_with_what_is_theirs_is_no_message() -> None:
    assert not isinstance((await ask_museum("tell Ada to bring her keys")).verdict, Plan)


async def test_words_that_speak_of_whoever_gets_them_are_put_to_them() -> None:
    calls, _ = await read_calls("let Ada know she can come later")
    assert [values["text"] for _, values in calls] == ["you can come later"]


async def test_both_of_a_name_in_the_plural_are_meant() -> None:
    calls, _ = await read_calls("tell both Cleos the hall is closed")
    assert calls == [("write", {"donor_id": each, "text": "the hall is closed"}) for each in (23, 24)]


@pytest.mark.parametrize("text", ["tell both Adas the hall is closed", "tell both Cleo and Ada the hall is closed"])
async def test_both_of_a_name_that_one_has_is_asked_about(text: str) -> None:
    assert isinstance((await ask_museum(text)).verdict, Question)


@pytest.mark.parametrize("text", ["the stuck winch is solved", "stuck winch is finished"])
async def test_what_something_is_said_to_be_means_the_action_that_makes_it_so(text: str) -> None:
    made = (await ask_marina(text)).verdict
    assert isinstance(made, Plan)
    assert [(step.action, step.filled[0].value) for step in made.steps] == [("marina.close_job", 902)]
    assert ONLY_FIT in made.held


@pytest.mark.parametrize(
    "text", ["the stuck winch isn't solved", "the stuck winch was solved", "is the stuck winch solved"]
)
async def test_what_is_not_so_or_was_so_means_none(text: str) -> None:
    assert not isinstance((await ask_marina(text)).verdict, Plan)


async def test_who_is_given_something_stands_before_it() -> None:
    assert (await read_calls("give Bo the paper moon"))[0] == [("lend", {"donor_id": 22, "exhibit_id": 14})]


@pytest.mark.parametrize(
    "text",
    ["west, make it east", "west, no make it east"],
)
async def test_a_state_alone_is_no_records_name_although_only_one_has_it(text: str) -> None:
    made = (await ask_museum(text)).verdict
    assert isinstance(made, Question), made
    assert made.text == "Which exhibit?"


async def test_a_number_behind_a_kind_is_a_name_that_must_be_there() -> None:
    made = (await ask_museum("set the hall of exhibit 77 to west, no make it east")).verdict
    assert isinstance(made, Question), made
    assert "‘exhibit 77’" in made.text


async def test_a_record_may_be_corrected_by_its_name() -> None:
    calls, _held = await read_calls("extend loan 9999 to 2 march, no wait, paper moon")
    assert calls == [("extend_loan", {"loan_id": 4302, "ends_on": "2027-03-02"})]


async def test_a_part_of_a_name_that_only_live_data_shows_to_be_one_waits() -> None:
    change = {"exhibit_id": 14, "hall": "east"}
    assert await read_calls("moon, make it east") == ([("set_hall", change)], (NAMED_IN_PART,))
    assert await read_calls("paper moon, make it east") == ([("set_hall", change)], ())


async def test_no_plain_word_becomes_a_name_where_something_is_denied() -> None:
    made = (await ask_museum("paper moon is not ready, it opens on the 28th")).verdict
    assert isinstance(made, Question), made
    assert made.text == "Which exhibit?"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("paper moon and glass bells, put it into storage", "Which exhibit?"),
        ("paper moon or glass bells, make it west", "Which exhibit?"),
        ("paper moon except on friday, make it east", "Which exhibit?"),
        ("paper moon in Zorgan is done, put it into storage", "No exhibit is called ‘Zorgan’ here."),
    ],
)
async def test_no_other_name_is_passed_over_for_one_that_live_data_has(text: str, asks: str) -> None:
    made = (await ask_museum(text)).verdict
    assert isinstance(made, Question), made
    assert made.text == asks


@pytest.mark.parametrize("more", ["except on friday", "in Zorgan", "every day", "and its frame"])
async def test_an_order_to_make_it_so_takes_nothing_back_but_a_value(more: str) -> None:
    made = (await ask_museum(f"Paper Moon {more}, make it east")).verdict
    assert isinstance(made, Question), made
    assert made.text.startswith("You also wrote")


async def test_an_amount_is_corrected_by_what_it_shall_be_made() -> None:
    calls, _held = await read_calls("set the seats of Paper Moon to 20, make it 30")
    assert calls == [("set_seats", {"exhibit_id": 14, "seats": 30})]
