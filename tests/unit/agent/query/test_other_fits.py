"""An order that names somebody and no kind may be about records of several kinds: the card says so."""

from __future__ import annotations

import copy
import json

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, WORLDS, Says, find, plan


async def notes_of(text: str, *, hire: str = "ready", stage: str = "collected") -> str:
    """What the card says where Marcus Webb has a job in the workshop, and a car whose state may be set, too."""
    held = json.loads((WORLDS / "garage.json").read_text())
    (offer,) = [each for each in held["contracts"] if each["name"] == "garage.set_stage"]
    other = copy.deepcopy(offer) | {"name": "garage.set_hire", "title": "Set the state of a car", "aliases": []}
    other["parameters"] |= {"required": ["hire_id", "status"]}
    states = {"type": "string", "enum": ["ready", "collected"]}
    other["parameters"]["properties"] = {"hire_id": {"type": "integer"}, "status": states}
    other["annotations"] = {
        "hire_id": {"record": "hire", "filter": {"status": ["ready"]}},
        "status": {"label": "State"},
    }
    held["contracts"].append(other)
    next(each for each in held["kinds"] if each["name"] == "hire")["fields"][3]["values"] = [
        "ready",
        "collected",
        "out",
    ]
    held["records"]["hire"][0]["status"] = hire
    there = FrozenWorld(held)
    job = find("job", None, {"belongs_to": find("customer", "Marcus Webb")})
    step = {"action": "set_stage", "job_id": job, "stage": {"value": stage, "quote": text.rsplit(" ", 1)[0]}}
    task = Task(Request(text=text, now=NOW), OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    resolver = ProposingResolver(Says({"understood": "", "result": plan(step), "rest": []}))
    made = (await propose(task, resolver)).verdict
    assert isinstance(made, Plan), made
    return " ".join(made.held)


async def test_a_record_of_another_kind_that_would_take_the_value_is_named_on_the_card() -> None:
    assert "Opel Corsa fits as well" in await notes_of("Marcus Webb collected his")


@pytest.mark.parametrize(
    ("text", "hire", "stage"),
    [
        ("Marcus Webb collected his job", "ready", "collected"),
        ("Marcus Webb collected his", "collected", "collected"),
        ("set Marcus Webb to in progress", "ready", "in_progress"),
    ],
    ids=["the kind is named", "it has the value", "the other kind has no such value"],
)
async def test_no_other_is_named_where_none_is_meant_or_fits(text: str, hire: str, stage: str) -> None:
    assert "as well" not in await notes_of(text, hire=hire, stage=stage)
