"""Words that only tell of something, around an order to plain functions: shown on the card, never passed over."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import Task, propose
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.reader import read_offer
from evals.run.answer import make_contract
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.own_worlds import NOW, OWNER, Says, came_of, find, number, plan


def function(name: str, required: tuple[str, ...] = (), **properties: Any) -> Any:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return make_contract(read_offer({"name": name, "description": "", "parameters": parameters}))


TEXT, DAY, WHOLE = {"type": "string"}, {"type": "string", "format": "date"}, {"type": "integer"}
LINES = {"type": "array", "items": TEXT}
FUNCTIONS = Catalogue(
    [
        function("reserve_boat", ("harbour",), harbour=TEXT, day=DAY, seats=WHOLE),
        function("find_boats", ("harbour",), harbour=TEXT),
        function("calculate_fare", ("harbour",), harbour=TEXT),
        function("sing_aloud", ("line",), line=TEXT),
        function("report_fault", ("message",), message=TEXT),
        function("run_program", ("line",), line=TEXT),
        function("sort_remarks", ("praise", "blame"), praise=LINES, blame=LINES),
    ]
)


LATEST = {"by": "charged_on", "first": "latest", "nth": 1}


def said(value: Any, quote: str) -> dict[str, Any]:
    return {"value": value, "quote": quote}


async def verdict_of(
    text: str, *steps: dict[str, Any], left: tuple[str, ...] = (), functions: Catalogue = FUNCTIONS
) -> Any:
    context = WorkspaceContext("harbour", functions, Kinds([]), Kinds([]))
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(*steps), "rest": [{"quote": each, "is": "left over"} for each in left]}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


RESERVE = {
    "action": "reserve_boat",
    "harbour": said("Kiel", "Kiel"),
    "day": said("2026-12-05", "5 December"),
    "seats": said(4, "4 seats"),
}


@pytest.mark.parametrize(
    ("story", "stands"),
    [
        ("My brother is visiting next Monday and", True),
        ("We sailed there in 2019.", True),
        ("I was ill last week, so", True),
        ("We need to be back by Sunday.", False),
        ("I was hoping for next Monday.", False),
        ("He said next Monday.", False),
        ("It was supposed to be 6.", False),
        ("It is for 6 seats.", False),
        ("It is for 6 people.", False),
        ("Not before next Monday,", False),
    ],
)
async def test_a_day_or_number_of_a_story_is_shown_and_one_of_a_wish_asked_about(story: str, stands: bool) -> None:
    made = await verdict_of(f"{story} please reserve a boat in Kiel on 5 December with 4 seats", RESERVE)
    assert isinstance(made, Plan if stands else Question), made
    if stands:
        words = story.removesuffix(" and").removesuffix(", so").strip(".")
        assert [f"Nothing is done about ‘{words}’."] == [each for each in made.held if "Nothing" in each]


async def test_a_story_stops_the_plan_where_an_open_argument_could_take_it() -> None:
    text = "We sailed there on 5 December. Reserve a boat in Kiel with 4 seats"
    made = await verdict_of(text, {**RESERVE, "day": None})
    assert isinstance(made, Question)
    assert "5 December" in made.text


LOAN = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
FINE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
NEWEST = find("fine", None, {"belongs_to": find("member", "Ines Duarte")}, order=LATEST)


@pytest.mark.parametrize(
    ("text", "step", "told"),
    [
        ("He borrowed it last week. Renew loan 502 by 7 days", LOAN, "He borrowed it last week"),
        ("waive F-231, she rang yesterday", FINE, "she rang yesterday"),
        ("I've just been on the phone with her for forty minutes, waive F-231", FINE, "for forty minutes"),
        ("Hugo is at sea until Monday, waive F-231", FINE, "is at sea until Monday"),
        ("waive F-231, their regatta is on Thursday", FINE, "their regatta is on Thursday"),
        ("waive F-231 since nobody has asked us back for ten days", FINE, None),
        ("renew loan 502 by 7 days since nobody has called for ten days", LOAN, "since nobody has called for ten days"),
        ("as promised yesterday: waive F-231", FINE, "as promised yesterday"),
        ("as promised for tomorrow: waive F-231", FINE, None),
        ("Hugo is back on Monday, then waive F-231", FINE, None),
        ("waive F-231, she has until Monday", FINE, None),
        ("waive F-231, they are free until Monday", FINE, None),
        ("waive F-231, mended to last month's standard", FINE, None),
        ("waive F-231, backdated to yesterday", FINE, None),
        ("waive F-231, dated yesterday", FINE, None),
        ("we have to waive F-231 tomorrow", FINE, None),
        ("I promised her yesterday to waive F-231 tomorrow", FINE, None),
        ("waive the last fine of Ines Duarte, she paid it yesterday", {**FINE, "fine_id": NEWEST}, None),
    ],
)
async def test_a_story_around_a_named_record_is_shown_and_asked_about_where_it_may_single_one_out(
    text: str, step: dict[str, Any], told: str | None
) -> None:
    made = (await came_of(text, plan(step))).verdict
    if told is None:
        assert isinstance(made, Question), made
        return
    assert isinstance(made, Plan), made
    assert any(told in each for each in made.held if "Nothing" in each), made.held


@pytest.mark.parametrize(
    ("action", "text", "left", "stands"),
    [
        ("find_boats", "find cheap boats in Kiel", "cheap", True),
        ("find_boats", "find boats in Kiel for the coming weekend", "for the coming weekend", True),
        ("find_boats", "find boats in Kiel and cancel mine", "and cancel mine", False),
        ("find_boats", "find boats of Ada in Kiel", "of Ada", False),
        ("find_boats", "find boats in Kiel. Which one is free?", "Which one is free?", False),
        ("reserve_boat", "reserve a cheap boat in Kiel", "cheap", False),
        ("reserve_boat", "reserve a boat built in 1990 in Kiel", "built in 1990", False),
        ("reserve_boat", "reserve a boat in Kiel without a sail", "without a sail", False),
        ("reserve_boat", "reserve a boat in Kiel for my brother", "for my brother", False),
        ("reserve_boat", "reserve a boat in Kiel at noon", "at noon", False),
        ("reserve_boat", "quietly reserve a boat in Kiel", "quietly", False),
        ("reserve_boat", "reserve both boats in Kiel", "both boats", False),
        ("reserve_boat", "reserve 3 boats in Kiel", "3 boats", False),
        ("reserve_boat", "reserve a boat in Kiel and close the harbour", "close the harbour", False),
    ],
)
async def test_a_word_that_only_describes_what_is_found_is_shown(
    action: str, text: str, left: str, stands: bool
) -> None:
    more = {"day": None, "seats": None} if action == "reserve_boat" else {}
    made = await verdict_of(text, {"action": action, "harbour": said("Kiel", "Kiel"), **more}, left=(left,))
    assert isinstance(made, Plan if stands else Question), made
    assert not stands or any(left in each for each in made.held)


@pytest.mark.parametrize(
    ("action", "text", "stands"),
    [
        ("find_boats", "I'd like to sail for 3 days. Find boats in Kiel", True),
        ("find_boats", "find boats in Kiel under 20 metres", True),
        ("find_boats", "find boats in Kiel up to 20 metres", True),
        ("find_boats", "find boats in Kiel and reserve 2 of them", False),
        ("find_boats", "find boats in Kiel, maybe", True),
        ("find_boats", "find boats in Kiel or Rostock", False),
        ("find_boats", "find boats. What weather is in Kiel including fees?", False),
        ("calculate_fare", "We are off for 3 days. Calculate the fare to Kiel including tax", True),
        ("reserve_boat", "reserve a boat with 4 seats in Kiel including fees", False),
        ("reserve_boat", "reserve a boat with 4 seats in Kiel, maybe", False),
        ("find_boats", "find boats in Kiel. Is one free on 5 December?", False),
        ("reserve_boat", "reserve a boat with 4 seats in Kiel, preferably one built in 1990", False),
        ("reserve_boat", "reserve a boat in Kiel, preferably on 5 December", False),
        ("reserve_boat", "reserve a boat with 4 seats in Kiel, one built in 1990", False),
    ],
)
async def test_a_number_part_or_hedge_is_a_detail_of_what_is_looked_for(action: str, text: str, stands: bool) -> None:
    seats = said(4, "4 seats") if "4 seats" in text else None
    more = {"day": None, "seats": seats} if action == "reserve_boat" else {}
    made = await verdict_of(text, {"action": action, "harbour": said("Kiel", "Kiel"), **more})
    assert isinstance(made, Plan if stands else Question), made
    assert not stands or any("Nothing is done about" in each for each in made.held)


@pytest.mark.parametrize(("value", "stands"), [(7, True), (99, False)])
async def test_a_number_stops_a_search_by_another_that_no_words_say(value: int, stands: bool) -> None:
    functions = Catalogue([function("view_rental", ("boat",), boat=WHOLE)])
    step = {"action": "view_rental", "boat": said(value, "view boat" if value == 99 else "7")}
    made = await verdict_of("view boat number 7 of 12", step, functions=functions)
    assert isinstance(made, Plan if stands else Question), made


async def test_a_limit_before_a_value_is_asked_about() -> None:
    functions = Catalogue([function("moor_boat", ("hours",), hours=WHOLE)])
    step = {"action": "moor_boat", "hours": said(3, "3 boats")}
    assert isinstance(await verdict_of("moor up to 3 boats", step, functions=functions), Question)


@pytest.mark.parametrize(
    ("text", "line", "stands"),
    [
        ("is the radio on?", "radio --query power | head -1", False),
        ("is the radio on?", "is the radio on?", True),
        ("switch the radio on", "radio --set power=1", True),
        ("do switch the radio on", "radio --set power=1", True),
    ],
)
async def test_who_asks_whether_something_is_so_has_ordered_nothing_in_other_words(
    text: str, line: str, stands: bool
) -> None:
    made = await verdict_of(text, {"action": "run_program", "line": said(line, text)})
    assert isinstance(made, Plan if stands else Question), made
    assert stands or "You asked whether something is so" in made.text


@pytest.mark.parametrize(
    ("words", "stands"),
    [
        ("using the quay 'Kiel' on 5 December with 4 seats", True),
        ("in 'Kiel' using the date 5 December with 4 seats", True),
        ("in Kiel on 5 December, using the engine, with 4 seats", False),
        ("in Kiel on 5 December using the engine for 4 seats", False),
    ],
)
async def test_using_before_a_value_that_is_used_only_introduces_it(words: str, stands: bool) -> None:
    made = await verdict_of(f"please reserve a boat {words}", RESERVE)
    assert isinstance(made, Plan if stands else Question), made


async def test_a_question_about_other_words_holds_no_half_of_a_pair_of_marks() -> None:
    made = await verdict_of("reserve a boat on 5 December with 4 seats, same as at 'Kiel'", RESERVE)
    assert isinstance(made, Question), made
    assert "‘same as at’" in made.text


async def test_a_list_that_nothing_was_sorted_into_is_asked_for() -> None:
    step = {"action": "sort_remarks", "praise": said(["lovely boat"], "lovely boat"), "blame": None}
    assert isinstance(await verdict_of("sort these remarks: 'lovely boat'", step), Question)


@pytest.mark.parametrize(
    ("name", "said_as", "described", "stands"),
    [
        ("boat_id", "red cutter", "The boat's id.", False),
        ("boatId", "red cutter", "", False),
        ("boat_id", "K-12", "The boat's id.", True),
        ("boat_id", "Albatros", "The boat's id.", True),
        ("boat_id", "K 12", "The boat's id.", True),
        ("boat_id", "red cutter", "The boat's id or its name.", True),
        ("boat", "red cutter", "", True),
        ("paid", "red cutter", "", True),
    ],
)
async def test_what_something_is_called_is_no_identifier(name: str, said_as: str, described: str, stands: bool) -> None:
    towing = Catalogue([function("tow_boat", (name,), **{name: {**TEXT, "description": described}})])
    made = await verdict_of(
        f"tow the {said_as}", {"action": "tow_boat", name: said(said_as, said_as)}, functions=towing
    )
    assert isinstance(made, Plan if stands else Question), made


@pytest.mark.parametrize(
    ("action", "argument", "text", "stands"),
    [
        ("sing_aloud", "line", "the sea is calm tonight", False),
        ("sing_aloud", "line", "sing the sea is calm", True),
        ("sing_aloud", "line", "row, row, row your boat", True),
        ("report_fault", "message", "there is a fault in the second engine", True),
        ("find_boats", "harbour", "the harbour of Kiel", True),
    ],
)
async def test_a_text_alone_asks_for_nothing_that_it_does_not_name(
    action: str, argument: str, text: str, stands: bool
) -> None:
    value = text.removeprefix("sing ")
    made = await verdict_of(text, {"action": action, argument: said(value, value)})
    assert isinstance(made, Plan if stands else Question), made
    assert stands or "Nothing in your words asks for it" in made.text


async def test_what_somebody_says_of_himself_behind_and_is_no_further_name() -> None:
    text = "I'm in Kiel, and I'd like a boat on 5 December with 4 seats: reserve it"
    assert isinstance(await verdict_of(text, RESERVE), Plan)


@pytest.mark.parametrize("ends", ["2026-12-12", "until the 12th"])
async def test_a_day_that_was_made_of_words_is_no_reason_that_begins_with_until(ends: str) -> None:
    functions = Catalogue([function("moor_boat", ("ends",), ends=TEXT)])
    step = {"action": "moor_boat", "ends": said(ends, "until the 12th")}
    made = await verdict_of("moor the boat until the 12th", step, functions=functions)
    assert isinstance(made, Plan if ends == "2026-12-12" else Question), made


async def test_what_a_search_is_to_find_is_asked_for_before_it() -> None:
    functions = Catalogue([*FUNCTIONS, function("steer_boat", ("boat", "course"), boat=TEXT, course=TEXT)])
    steps = (
        {"action": "find_boats", "harbour": said("Kiel", "Kiel")},
        {"action": "steer_boat", "boat": None, "course": said("north", "north")},
    )
    made = await verdict_of("look for boats in Kiel, then steer any to the north", *steps, functions=functions)
    assert isinstance(made, Question), made
    assert made.param == "boat"
