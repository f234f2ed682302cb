"""Titles of new things: what introduces them, and what behind them is said of the thing besides."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan
from registry.contract import parse
from tests.unit.own_worlds import read_words, world

ERRAND = parse(
    {
        "schema": "opsiq/contract/v1",
        "name": "lending.create_errand",
        "title": "Create an errand",
        "description": "Put something that somebody has to do on the list.",
        "surfaces": ["admin"],
        "roles": ["owner"],
        "risk": "write",
        "endpoint": {"url": "https://lend.example/errands"},
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "required": ["subject"],
            "properties": {
                "subject": {"type": "string", "maxLength": 120, "description": "What there is to do."},
                "member_id": {"type": "integer", "description": "Whom it is for."},
                "due_on": {"type": "string", "format": "date", "description": "By when."},
                "urgency": {"type": "string", "enum": ["low", "normal", "urgent"], "description": "How urgent."},
            },
        },
        "annotations": {
            "subject": {"label": "Subject", "sources": ["prompt"]},
            "member_id": {"record": "member", "label": "Member"},
            "due_on": {"label": "Due"},
            "urgency": {"label": "Urgency"},
        },
    }
)
FRIDAY = "2026-11-27"


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("create an errand: oil the hinges", {"subject": "oil the hinges"}),
        ("create an errand called Oil the hinges", {"subject": "Oil the hinges"}),
        ("create an errand to oil the hinges", {"subject": "oil the hinges"}),
        ("create an errand about the squeaking hinges", {"subject": "the squeaking hinges"}),
        ("create an errand, oil the hinges", {"subject": "oil the hinges"}),
        ("new errand - oil the hinges", {"subject": "oil the hinges"}),
        ("create an errand, oil the hinges, urgent", {"subject": "oil the hinges", "urgency": "urgent"}),
        ("create an errand: oil the hinges by Friday", {"subject": "oil the hinges", "due_on": FRIDAY}),
        ("create an errand for Ines Duarte, oil the hinges", {"subject": "oil the hinges", "member_id": 1}),
        ("create an errand called Oil the hinges for Ines Duarte", {"subject": "Oil the hinges", "member_id": 1}),
    ],
)
async def test_a_title_is_read_behind_its_noun(text: str, given: dict[str, Any]) -> None:
    verdict = await read_words(text, world("lending", ERRAND))
    assert isinstance(verdict, Plan)
    (step,) = verdict.steps
    assert step.action == "lending.create_errand"
    assert {each.param: each.value for each in step.filled} == given


async def test_a_record_that_is_spoken_of_in_a_title_is_none_of_the_order() -> None:
    verdict = await read_words("create an errand to ask Ines Duarte about the belt sander", world("lending", ERRAND))
    assert isinstance(verdict, Plan)
    (step,) = verdict.steps
    assert {each.param: each.value for each in step.filled} == {"subject": "ask Ines Duarte about the belt sander"}
