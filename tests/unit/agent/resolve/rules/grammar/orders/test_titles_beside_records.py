"""Titles beside records: what something new on a record is called, wherever its words stand, and that it replaces no
value of that record."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan
from registry.contract import Contract, parse
from tests.unit.own_worlds import read_words, world


def define(name: str, title: str, aliases: list[str], properties: dict[str, Any], labels: dict[str, Any]) -> Contract:
    return parse(
        {
            "schema": "opsiq/contract/v1",
            "name": name,
            "title": title,
            "description": "Something new for a member.",
            "aliases": aliases,
            "surfaces": ["admin"],
            "roles": ["owner"],
            "risk": "write",
            "confirmation": {"policy": "always"},
            "endpoint": {"url": "https://lend.example/new"},
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": [each for each in properties if each not in ("due_on", "urgency")],
                "properties": properties,
            },
            "annotations": labels,
        }
    )


MEMBER = {"type": "integer", "minimum": 1}
DAY = {"type": "string", "format": "date"}
INVOICE = define(
    "lending.raise_invoice",
    "Raise an invoice",
    ["bill", "new invoice"],
    {"member_id": MEMBER, "text": {"type": "string", "maxLength": 120}, "amount": {"type": "integer"}, "due_on": DAY},
    {
        "member_id": {"record": "member", "label": "Member"},
        "text": {"label": "For", "ask": "What is it for?", "sources": ["prompt"]},
        "amount": {"unit": "money_minor", "currency": "GBP", "label": "Amount", "sources": ["prompt"]},
        "due_on": {"label": "Due", "sources": ["prompt"]},
    },
)
REPAIR = define(
    "lending.plan_repair",
    "Plan a repair",
    ["new repair"],
    {"item_id": MEMBER, "title": {"type": "string", "maxLength": 120}, "day": DAY},
    {
        "item_id": {"record": "item", "label": "Item"},
        "title": {"label": "What is to be done", "sources": ["prompt"]},
        "day": {"label": "Day", "sources": ["prompt"]},
    },
)
FAULT = define(
    "lending.report_fault",
    "Report a fault",
    ["new fault"],
    {
        "title": {"type": "string", "maxLength": 120},
        "place": {"type": "string", "enum": ["cellar", "front_desk"]},
        "urgency": {"type": "string", "enum": ["low", "high"]},
    },
    {
        "title": {"label": "Title", "sources": ["prompt"]},
        "place": {"label": "Place", "sources": ["prompt"]},
        "urgency": {"label": "Urgency", "sources": ["prompt", "proposed"], "words": {"high": ["urgent"]}},
    },
)


async def read(text: str, contract: Contract) -> dict[str, Any]:
    verdict = await read_words(text, world("lending", contract))
    assert isinstance(verdict, Plan), verdict
    (step,) = verdict.steps
    assert step.action == contract.name
    return {each.param: each.value for each in step.filled}


async def test_a_text_is_what_its_label_says_and_no_message_by_the_name_that_any_text_may_have() -> None:
    given = {"member_id": 1, "text": "a spare key", "amount": 8000}
    assert await read("bill Ines Duarte 80 for a spare key", INVOICE) == given


async def test_a_length_of_time_in_what_a_new_thing_is_for_is_no_day_of_its_record() -> None:
    given = {"member_id": 1, "text": "two extra days", "amount": 8000}
    assert await read("bill Ines Duarte 80 for two extra days", INVOICE) == given


@pytest.mark.parametrize(
    "text",
    [
        "plan a blade change on the belt sander for friday",
        "schedule a blade change for the belt sander on friday",
        "put a blade change on the belt sander in for friday",
    ],
)
async def test_the_title_of_a_new_thing_may_stand_before_the_record_that_it_is_for(text: str) -> None:
    given = await read(text, REPAIR)
    assert (given["title"], given["day"]) == ("blade change", "2026-11-27")


async def test_a_card_that_waits_anyway_shows_the_words_that_it_leaves_out() -> None:
    left = await read_words("report that the lights in the cellar keep tripping", world("lending", FAULT))
    whole = await read_words("report a fault in the cellar: no light", world("lending", FAULT))
    assert isinstance(left, Plan)
    assert isinstance(whole, Plan)
    assert "Check that nothing is missing: you also wrote ‘keep tripping’." in left.held
    assert not any("you also wrote" in why for why in whole.held)
