"""Orders of an action that names no record, on a platform that has records: no word of them is passed over either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from registry.catalogue import Catalogue
from tests.unit.agent.resolve.rules.grammar.test_named_things import contract
from tests.unit.own_worlds import NOW, OWNER, world

SUPPLIES = contract(
    "order_supplies",
    "Order supplies",
    ["order"],
    {"what": {"type": "string", "enum": ["glove", "filter", "lamp"]}, "count": {"type": "integer", "minimum": 1}},
    what={"label": "What"},
    count={"label": "How many", "unit": "count", "sources": ["prompt"]},
)


async def verdict_of(text: str) -> object:
    there = world("lending")
    context = replace(there, catalogue=Catalogue([*there.catalogue, SUPPLIES]))
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize("text", ["order 5 gloves", "please order 12 lamps", "can you order 3 filters?"])
async def test_the_plain_order_is_planned(text: str) -> None:
    assert isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("order 5 woollen gloves", "woollen"),
        ("order 12 boxes of gloves", "boxes"),
        ("order 5 gloves express", "express"),
        ("order 5 gloves for ruthie", "ruthie"),
        ("order 5 lamps once paid", "once paid"),
        ("no need to order 5 gloves", "no need to order"),
        ("5 gloves?", "5 gloves"),
        ("5 gloves are torn", "5 gloves are torn"),
        ("5 gloves ordered", "5 gloves ordered"),
    ],
)
async def test_what_is_said_beside_is_asked_about(text: str, told: str) -> None:
    verdict = await verdict_of(text)
    assert isinstance(verdict, Question), verdict
    assert told in verdict.text
