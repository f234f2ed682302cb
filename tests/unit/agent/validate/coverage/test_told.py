"""Words that only tell of something, around an order to plain functions: shown on the card, never passed over."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import Task, propose
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.reader import read_offer
from evals.run.answer import as_contract
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.own_worlds import NOW, OWNER, Says, came_of, find, number, plan


def function(name: str, required: tuple[str, ...] = (), **properties: Any) -> Any:
    parameters = {"type": "object", "properties": properties, "required": list(required)}
    return as_contract(read_offer({"name": name, "description": "", "parameters": parameters}))


TEXT, DAY, WHOLE = {"type": "string"}, {"type": "string", "format": "date"}, {"type": "integer"}
FUNCTIONS = Catalogue(
    [
        function("reserve_boat", ("harbour",), harbour=TEXT, day=DAY, seats=WHOLE),
        function("find_boats", ("harbour",), harbour=TEXT),
        function("sing_aloud", ("line",), line=TEXT),
        function("report_fault", ("message",), message=TEXT),
    ]
)


def said(value: Any, quote: str) -> dict[str, Any]:
    return {"value": value, "quote": quote}


async def verdict_of(text: str, *steps: dict[str, Any], left: tuple[str, ...] = ()) -> Any:
    context = WorkspaceContext("harbour", FUNCTIONS, Kinds([]), Kinds([]))
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(*steps), "left_over": list(left)}
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
        assert [f"Nothing here comes of your words ‘{words}’."] == [each for each in made.held if "Nothing" in each]


async def test_a_story_stops_the_plan_where_an_open_argument_could_take_it() -> None:
    text = "We sailed there on 5 December. Reserve a boat in Kiel with 4 seats"
    made = await verdict_of(text, {**RESERVE, "day": None})
    assert isinstance(made, Question)
    assert "5 December" in made.text


async def test_a_story_stops_the_plan_where_records_are_looked_up() -> None:
    renew = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
    made = (await came_of("He borrowed it last week. Renew loan 502 by 7 days", plan(renew))).verdict
    assert isinstance(made, Question)


@pytest.mark.parametrize(
    ("action", "text", "left", "stands"),
    [
        ("find_boats", "find cheap boats in Kiel", "cheap", True),
        ("find_boats", "find boats in Kiel for the coming weekend", "for the coming weekend", True),
        ("find_boats", "find boats in Kiel and cancel mine", "and cancel mine", False),
        ("find_boats", "find boats of Ada in Kiel", "of Ada", False),
        ("find_boats", "find boats in Kiel. Which one is free?", "Which one is free?", False),
        ("reserve_boat", "reserve a cheap boat in Kiel", "cheap", False),
    ],
)
async def test_a_word_that_only_narrows_what_is_found_is_shown(action: str, text: str, left: str, stands: bool) -> None:
    more = {"day": None, "seats": None} if action == "reserve_boat" else {}
    made = await verdict_of(text, {"action": action, "harbour": said("Kiel", "Kiel"), **more}, left=(left,))
    assert isinstance(made, Plan if stands else Question), made
    assert not stands or any(left in each for each in made.held)


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
