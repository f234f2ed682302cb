"""A record that another one has is told of by its name, and one that it lacks can be asked for."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from tests.unit.marina import MARINA
from tests.unit.own_worlds import NOW, OWNER, Says, find


async def answer(text: str, records: dict[str, Any], *fields: str) -> Reply:
    result = {"type": "answer", "answer": {"records": records, "fields": [*fields]}}
    task = Task(
        Request(text=text, now=NOW), OWNER, MARINA.context(MARINA.provider({})), "run_00000000000000000000000001"
    )
    said = {"understood": "", "result": result, "rest": []}
    made = (await propose(task, ProposingResolver(Says(said)))).verdict
    assert isinstance(made, Reply), made
    return made


@pytest.mark.parametrize(
    ("job", "told", "value"), [("901", "hand Otto Falk", "Otto Falk"), ("903", "hand none", "nothing")]
)
async def test_an_id_is_answered_with_the_name_behind_it(job: str, told: str, value: str) -> None:
    made = await answer(f"who is on job {job}?", find("job", job), "hand_id")
    assert told in made.text.replace(":", "").replace("  ", " ")
    assert made.values == (value,)
    assert "71" not in made.text


async def test_several_are_listed_with_the_names_behind_their_ids() -> None:
    made = await answer("who is on the open jobs?", find("job", None, pick="all"), "hand_id")
    assert "Otto Falk" in made.text
    assert "Lina Marsh" in made.text


@pytest.mark.parametrize(("op", "found"), [("=", ["903"]), ("!=", ["901", "902", "904"])])
async def test_what_has_none_is_found_by_an_empty_value(op: str, found: list[str]) -> None:
    nobody = {"field": "hand_id", "op": op, "value": {"word": "", "quote": "nobody"}}
    made = await answer("which jobs have nobody?", find("job", None, nobody, pick="all"))
    assert sorted(each.id for each in made.records) == found
    assert ("hand given" in made.text) is (op == "!=")
