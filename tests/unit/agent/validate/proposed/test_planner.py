"""Records of a call that belong to each other, and lists whose order means something."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from registry.catalogue import Catalogue
from registry.contract import Contract, parse
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan, world

RETURNED = {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 5}


def returning(**loans: Any) -> Contract:
    """Takes loans back: of the member, where ``of`` says so."""
    return parse(
        {
            "schema": "opsiq/contract/v1",
            "name": "lending.take_back",
            "title": "Take loans back",
            "description": "Take back tools that a member has borrowed.",
            "surfaces": ["admin"],
            "roles": ["owner"],
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": ["loan_ids"],
                "properties": {"loan_ids": RETURNED, "member_id": {"type": "integer"}},
            },
            "annotations": {"loan_ids": {"record": "loan", **loans}, "member_id": {"record": "member"}},
            "confirmation": {"policy": "never"},
            "endpoint": {"url": "https://lend.example/take_back"},
        }
    )


async def verdict_of(text: str, contract: Contract, **arguments: Any) -> Any:
    there = world("lending")
    there = replace(there, catalogue=Catalogue([*there.catalogue, contract]))
    task = Task(Request(text=text, now=NOW), OWNER, there, "run_00000000000000000000000001")
    result = plan({"action": "take_back", "member_id": None, **arguments})
    return (await propose(task, ProposingResolver(Says({"understood": "", "result": result, "rest": []})))).verdict


async def test_what_belongs_to_another_argument_is_looked_for_among_its_own() -> None:
    said = {"member_id": find("member", "Ruth Meyer"), "loan_ids": find("loan", None, pick="all")}
    text = "take all loans of Ruth Meyer back"
    made = await verdict_of(text, returning(of="member_id"), **said)
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled if each.param == "loan_ids"] == [[503]]
    assert made.steps[0].filled[0].param == "loan_ids"
    unlimited = await verdict_of(text, returning(), **said)
    assert not isinstance(unlimited, Plan) or unlimited.steps[0].filled[0].value != [503]


async def test_another_owners_record_is_not_taken_for_it() -> None:
    said = {"member_id": find("member", "Ruth Meyer"), "loan_ids": find("loan", "501")}
    made = await verdict_of("take loan 501 of Ruth Meyer back", returning(of="member_id"), **said)
    assert isinstance(made, Question)


@pytest.mark.parametrize("order", [("503", "501", "502"), ("502", "503", "501")])
async def test_a_list_of_alternatives_keeps_the_order_they_were_said_in(order: tuple[str, ...]) -> None:
    same = [{"field": "id", "op": "=", "value": {"word": each, "quote": each}} for each in order]
    text = f"take back loans {', '.join(order)}"
    made = await verdict_of(text, returning(), loan_ids=find("loan", None, {"any_of": same}, pick="all"))
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == [int(each) for each in order]
