"""A question what somebody has on a day names no kind: records of others are told, too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.pipeline import Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, WORLDS, Says, answer, find

BRUNO = {"belongs_to": find("pet", "Bruno")}
BY_LEE = {"field": "keeper", "op": "=", "value": {"word": "Lee", "quote": "Lee"}}
BOOKED = {"state": "booked", "not": False}


def december(field: str) -> dict[str, Any]:
    return {"field": field, "op": "during", "value": {"date": "2026-12", "quote": "in december"}}


async def told(text: str, kind: str, *where: dict[str, Any]) -> str:
    """What is answered where each visit and prescription has a keeper."""
    held = json.loads((WORLDS / "vet.json").read_text())
    for each in held["kinds"]:
        if each["name"] in ("visit", "prescription"):
            each["fields"].append({"name": "keeper", "type": "enum", "values": ["Lee", "Kim"]})
            for row in held["records"][each["name"]]:
                row["keeper"] = "Lee"
    there = FrozenWorld(held)
    request = Request(text=text, now=NOW)
    task = Task(request, OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    result = answer(records=find(kind, None, *where, pick="all"), fields=[])
    made = (await propose(task, ProposingResolver(Says({"understood": "", "result": result, "rest": []})))).verdict
    assert isinstance(made, Reply), made
    return made.text


async def test_what_ends_in_the_same_month_is_told_beside_the_visits() -> None:
    text = await told("what does Bruno have in december", "visit", BRUNO, december("day"))
    assert text.endswith(" Also 1 prescription ending in December 2026: Renovet for Bruno."), text


async def test_records_of_the_same_person_in_a_field_are_told() -> None:
    text = await told("what does Lee have in december", "prescription", BY_LEE, december("ends_on"))
    assert " Also 2 visits in December 2026: " in text, text


async def test_it_is_told_where_the_kind_that_was_looked_for_has_none() -> None:
    text = await told("what does Pepper have in december", "visit", {"belongs_to": find("pet", "Pepper")}, december("day"))  # fmt: skip  # noqa: E501
    assert "No visits" in text
    assert text.endswith(" Also 1 prescription ending in December 2026: Calmadine for Pepper."), text


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("which visits does Bruno have in december", (BRUNO, december("day"))),
        ("what is booked for Bruno in december", (BRUNO, BOOKED, december("day"))),
        ("what does Bruno have", (BRUNO,)),
        ("what is on in december", (december("day"),)),
    ],
    ids=["a kind is named", "a state of one kind", "no day", "nobody"],
)
async def test_other_questions_are_about_one_kind(text: str, where: tuple[dict[str, Any], ...]) -> None:
    assert " Also " not in await told(text, "visit", *where)
