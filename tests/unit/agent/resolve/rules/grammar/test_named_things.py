"""Things called by quoted names, people who are the record themselves, and names that are no reason, read in full."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from evals.cases.frozen_world import FrozenWorld
from registry.catalogue import Catalogue
from registry.contract import parse
from tests.unit import museum
from tests.unit.marina import ask
from tests.unit.own_worlds import NOW, OWNER, world


def contract(action: str, does: str, aliases: list[str], properties: dict[str, Any], **annotations: Any) -> Any:
    return parse(
        {
            "schema": "opsiq/contract/v1",
            "name": f"lending.{action}",
            "title": does,
            "description": f"{does}.",
            "surfaces": ["admin"],
            "roles": ["owner"],
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": list(properties),
                "properties": properties,
            },
            "annotations": annotations,
            "endpoint": {"url": f"https://lend.example/{action}"},
            "aliases": aliases,
        }
    )


TEXT = {"type": "string", "maxLength": 100}
RENAME = contract(
    "rename_item",
    "Rename a tool",
    ["rename"],
    {"item_id": {"type": "integer"}, "title": TEXT},
    item_id={"record": "item"},
    title={"label": "New title"},
)
PAUSE = contract(
    "pause_member", "Pause a member", ["pause"], {"member_id": {"type": "integer"}}, member_id={"record": "member"}
)
ADD = contract(
    "add_member",
    "Add a member",
    ["add a member", "enrol"],
    {"email": {"type": "string", "format": "email"}, "name": TEXT},
    email={"label": "Address"},
    name={"label": "Name", "ask": "What is the name?"},
)
LOAN = {"record": "loan"}
EXTEND = contract(
    "extend_loan",
    "Lend a loan on",
    ["prolong"],
    {"loan_id": {"type": "integer"}, "last_day": {"type": "string", "format": "date"}},
    loan_id=LOAN,
    last_day={"label": "Last day", "ask": "Until which day?"},
)
SEND = contract(
    "send_loan",
    "Send a loan off",
    ["send off"],
    {"loan_id": {"type": "integer"}, "parcel_number": {"type": "string", "pattern": "^[A-Z0-9-]+$"}},
    loan_id=LOAN,
    parcel_number={"label": "Parcel number"},
)
TAKE_IN = contract(
    "take_in_item",
    "Take in a tool",
    ["take in a tool", "take in a new tool"],
    {"title": TEXT, "shelf": {"enum": ["front", "back", "cellar"]}},
    title={"label": "Title"},
    shelf={"label": "Shelf"},
)
ITEM = {"record": "item"}
VALUE = contract(
    "change_worth",
    "Change what a tool is worth",
    ["change the worth", "set the worth"],
    {"item_id": {"type": "integer"}, "worth": {"type": "integer"}, "currency": {"type": "string"}},
    item_id=ITEM,
    worth={"unit": "money_minor", "currency_from": "currency", "label": "Worth"},
    currency={"derive": {"parameter": "item_id", "field": "currency"}, "sources": ["record"]},
)
COPIES = contract(
    "change_copies",
    "Change how many copies there are of a tool",
    ["set the copies", "change the copies"],
    {"item_id": {"type": "integer"}, "copies": {"type": "integer", "minimum": 0}},
    item_id=ITEM,
    copies={"unit": "count", "label": "Copies"},
)
RETRIEVE = contract("retrieve_item", "Retrieve a tool", ["bring back"], {"item_id": {"type": "integer"}}, item_id=ITEM)
CHARGE = contract(
    "make_fine",
    "Make a fine",
    ["create a fine", "make a fine"],
    {"member_id": {"type": "integer"}, "code": {"type": "string", "pattern": "^[A-Z0-9]+$"}},
    member_id={"record": "member"},
    code={"label": "Code"},
)


async def came_of(text: str) -> Any:
    there = world("lending")
    there = replace(
        there,
        catalogue=Catalogue(
            [*there.catalogue, RENAME, PAUSE, ADD, EXTEND, SEND, TAKE_IN, VALUE, COPIES, RETRIEVE, CHARGE]
        ),
    )
    task = Task(Request(text=text, now=NOW), OWNER, there, "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


def values(verdict: Any) -> dict[str, Any]:
    assert isinstance(verdict, Plan), verdict
    return {each.param: each.value for each in verdict.steps[0].filled}


async def test_of_two_quotations_the_first_names_the_thing_and_the_second_is_the_text() -> None:
    made = await came_of('rename "Belt sander" to "Belt sander, small"')
    assert values(made) == {"item_id": 101, "title": "Belt sander, small"}


async def test_a_quotation_behind_a_noun_is_the_name_of_such_a_record() -> None:
    made = await came_of('rename the tool "Tile cutter" to "Tile saw"')
    assert values(made) == {"item_id": 103, "title": "Tile saw"}


async def test_the_owner_of_a_record_that_nobody_owns_may_be_the_record_itself() -> None:
    assert values(await came_of("pause Tariq Osman's borrower")) == {"member_id": 2}


async def test_a_record_that_is_called_by_one_address_is_found_by_it() -> None:
    assert values(await came_of("pause tariq@lend.example")) == {"member_id": 2}


async def test_a_required_text_is_never_made_of_the_order_itself() -> None:
    made = await came_of("enrol jan@lend.example")
    assert isinstance(made, Question), made
    assert made.slot.endswith("name")


async def test_until_a_day_is_the_day_that_the_action_needs() -> None:
    made = await came_of("prolong loan 502 until 5 December 2026")
    assert values(made) == {"loan_id": 502, "last_day": "2026-12-05"}


async def test_a_value_behind_its_own_name_is_no_second_record() -> None:
    made = await came_of("send off loan 502, parcel number RX-7731")
    assert values(made) == {"loan_id": 502, "parcel_number": "RX-7731"}


async def test_an_action_that_makes_a_record_is_meant_by_a_new_one() -> None:
    made = await came_of('take in a new tool called "Hedge trimmer" for the back')
    assert values(made) == {"title": "Hedge trimmer", "shelf": "back"}


async def test_what_a_field_is_set_to_is_the_amount_and_not_what_it_holds() -> None:
    made = await came_of("set the worth of tool 103 to 85 euros")
    assert values(made) == {"item_id": 103, "worth": 8500, "currency": "EUR"}


async def test_a_bare_number_that_something_is_set_to_is_a_count() -> None:
    assert values(await came_of("set the copies of the tool Tile cutter to 12")) == {"item_id": 103, "copies": 12}


async def test_an_order_of_two_words_that_an_action_is_called_by_stays() -> None:
    assert values(await came_of("bring back the tool Tile cutter")) == {"item_id": 103}


async def test_the_code_of_a_new_record_is_no_record_that_is_there() -> None:
    made = await came_of("create a fine LATE25 for Tariq Osman")
    assert values(made) == {"member_id": 2, "code": "LATE25"}


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("set exhibit 4 to west", "set_hall", {"exhibit_id": 11, "hall": "west"}),
        ("exhibit 4 is west again", "set_hall", {"exhibit_id": 11, "hall": "west"}),
        ("make exhibit 4 west", "set_hall", {"exhibit_id": 11, "hall": "west"}),
        ("set exhibit 5 to 7 seats", "set_seats", {"exhibit_id": 12, "seats": 7}),
        ("lend exhibit 5 to Ada Quist", "lend", {"exhibit_id": 12, "donor_id": 21}),
        ("set exhibit 9 to west", "", {}),
    ],
)
async def test_a_kind_and_a_number_may_be_a_name(text: str, action: str, values: dict[str, Any]) -> None:
    rows = [{**each, "name": f"Exhibit {at}"} for at, each in enumerate(museum._RECORDS["exhibit"][:2], 4)]
    records = {**museum._RECORDS, "exhibit": rows}
    there = FrozenWorld({"contracts": museum._CONTRACTS, "kinds": museum._KINDS, "records": records})
    verdict = (await ask(there, text)).verdict
    assert isinstance(verdict, Plan if action else Question), verdict
    if isinstance(verdict, Plan):
        assert [(step.action, {each.param: each.value for each in step.filled}) for step in verdict.steps] == [
            (f"museum.{action}", values)
        ]
