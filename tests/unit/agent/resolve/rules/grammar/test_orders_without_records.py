"""Orders of an action that names no record, on a platform that has records: no word of them is passed over either."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Plan, Question, Reply, Request
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


PRESENT = contract(
    "give_present",
    "Give a member a present",
    ["give"],
    {"member_id": {"type": "integer"}, "what": {"type": "string", "enum": ["mug", "scarf"]}},
    member_id={"record": "member"},
    what={"label": "Present"},
)


async def verdict_of(text: str) -> object:
    there = world("lending")
    context = replace(there, catalogue=Catalogue([*there.catalogue, SUPPLIES, PRESENT]))
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
        ("5 gloves?", "5 gloves"),
        ("5 gloves are dirty", "5 gloves are dirty"),
        ("5 gloves ordered", "5 gloves ordered"),
    ],
)
async def test_what_is_said_beside_is_asked_about(text: str, told: str) -> None:
    verdict = await verdict_of(text)
    assert isinstance(verdict, Question), verdict
    assert told in verdict.text


async def test_two_people_and_two_things_are_not_paired_crosswise() -> None:
    assert not isinstance(await verdict_of("give Piet and Ines a mug and a scarf"), Plan)
    apart = await verdict_of("give Piet a mug and Ines a scarf")
    assert isinstance(apart, Plan)
    assert [[each.value for each in step.filled] for step in apart.steps] == [[5, "mug"], [1, "scarf"]]


async def test_a_denied_way_is_asked_about() -> None:
    verdict = await verdict_of("waive F-231 not by post")
    assert isinstance(verdict, Question), verdict
    assert "not by post" in verdict.text


async def test_a_record_and_a_state_with_a_question_mark_are_no_order() -> None:
    task = Task(Request(text="job 803 ready?", now=NOW), OWNER, world("garage"), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Reply), verdict
    assert verdict.text.startswith("No: job 803")
