"""What stands in the way of a plan before its card is held."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, WORLDS, Says, find, number, plan


async def waived(lenient: set[str], values: Mapping[str, Any]) -> Any:
    """What comes of waiving 5 euros of F-231, where these fields of a fine are lenient and it holds these values."""
    there = json.loads((WORLDS / "lending.json").read_text("utf-8"))
    kind = next(each for each in there["kinds"] if each["name"] == "fine")
    kind["fields"] = [{**each, "lenient": each["name"] in lenient} for each in kind["fields"]]
    next(each for each in there["records"]["fine"] if each["code"] == "F-231").update(values)
    made = FrozenWorld(there)
    waive = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": number(5, "5 euros", "EUR")}
    task = Task(
        Request(text="waive 5 euros of F-231", now=NOW),
        OWNER,
        made.context(made.provider({})),
        "run_00000000000000000000000001",
    )
    answer = {"understood": "", "result": plan(waive), "rest": []}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


@pytest.mark.parametrize("lenient", [{"amount"}, {"currency"}])
async def test_a_bound_that_could_not_be_read_is_asked_about_and_never_passed_over(lenient: set[str]) -> None:
    assert isinstance(await waived(lenient, {}), Plan)
    asked = await waived(lenient, {"amount": None})
    assert isinstance(asked, Question)
    assert asked.param == "amount"
    assert "can't be checked" in asked.text
