"""Values that were not said: a function that is named, though not for sure, is asked on by what it can't do without."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import Task, propose
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.reader import read_offer
from evals.run.answer import make_contract
from registry.catalogue import Catalogue
from registry.contract import Risk
from registry.records import Kinds
from tests.unit.own_worlds import NOW, OWNER, Says, plan


def function(name: str, about: str, *required: str) -> Any:
    texts = {name: {"type": "string"} for name in required}
    parameters = {"type": "object", "properties": texts, "required": [*required]}
    return make_contract(read_offer({"name": name, "description": about, "parameters": parameters}))


FIND = function("find_ferry", "Find ferries between two harbours.", "departure_harbour", "arrival_harbour")
BOOK = function("book_ferry", "Book a ferry.", "ferry_number", "passenger")
LIST = function("list_ferries", "List the ferries of a harbour.", "departure_harbour")


async def question_of(text: str, *functions: Any) -> Question:
    context = WorkspaceContext("harbour", Catalogue(functions), Kinds([]), Kinds([]))
    made = await propose(Task(Request(text=text, now=NOW), OWNER, context, "run_1"), RuleResolver())
    assert isinstance(made.verdict, Question), made.verdict
    return made.verdict


VAGUE = "Can you see about a ferry for the children on the 4th of May?"


async def test_what_only_looks_up_is_asked_on_by_name_for_all_that_it_lacks() -> None:
    asked = await question_of(VAGUE, FIND, BOOK)
    assert asked.code == "missing"
    assert asked.text.startswith("‘find ferry’: What should “departure harbour” be?")
    assert {asked.param, *asked.missing} == {"departure_harbour", "arrival_harbour"}


@pytest.mark.parametrize(("text", "functions"), [(VAGUE, (FIND, LIST)), ("would you have a ferry", (FIND, BOOK))])
async def test_what_is_meant_is_asked_where_others_are_as_near_or_it_is_not_named(text: str, functions: Any) -> None:
    asked = await question_of(text, *functions)
    assert asked.slot == "action"


@pytest.mark.parametrize("risk", [Risk.WRITE, Risk.IRREVERSIBLE])
async def test_what_a_description_says_is_taken_is_no_missing_value(risk: Risk) -> None:
    page = {"type": "integer", "description": "How many on a page. Defaults to 20."}
    parameters = {
        "type": "object",
        "properties": {"city": {"type": "string"}, "page": page},
        "required": ["city", "page"],
    }
    listing = make_contract(read_offer({"name": "list_boats", "description": "", "parameters": parameters}))
    context = WorkspaceContext("b", Catalogue([listing.model_copy(update={"risk": risk})]), Kinds([]), Kinds([]))
    step = {"action": "list_boats", "city": {"value": "Kiel", "quote": "Kiel"}, "page": None}
    answer = ProposingResolver(Says({"understood": "", "result": plan(step), "rest": []}))
    request = Request(text="list the boats in Kiel", now=NOW)
    verdict = (await propose(Task(request, OWNER, context, "run_00000000000000000000000001"), answer)).verdict
    if risk is Risk.IRREVERSIBLE:
        assert isinstance(verdict, Question)
        return
    assert isinstance(verdict, Plan)
    (given,) = [each for each in verdict.steps[0].filled if each.param == "page"]
    assert (given.value, given.source.kind) == (20, "default")
