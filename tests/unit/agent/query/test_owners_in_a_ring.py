"""A name that nobody has is looked up once in each kind, also where records belong to records of their own kind."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Field, Kinds, RecordKind, Relation
from tests.unit.agent.validate.fake_platform import Platform, contract
from tests.unit.own_worlds import NOW, OWNER

GREET = contract(
    title="Greet a person",
    description="Greets a person.",
    parameters={
        "type": "object",
        "additionalProperties": False,
        "required": ["person_id"],
        "properties": {"person_id": {"type": "integer"}},
    },
    annotations={"person_id": {"record": "person"}},
)


def _kind(name: str, nouns: tuple[str, ...], owner: str) -> RecordKind:
    fields = (Field("id", "id", "Id", search="number"), Field("name", "string", "Name", search="name"))
    relation = Relation(owner, f"{owner}_id")
    return RecordKind(
        name, name.title(), nouns, (*fields, Field(f"{owner}_id", "id")), label="{name}", relations=(relation,)
    )


STAFF = [_kind("person", ("person", "people"), "person")]
TEAMS = [_kind("person", ("person", "people"), "team"), _kind("team", ("team", "teams"), "person")]


async def _greet(words: str, kinds: list[RecordKind]) -> tuple[Verdict, Platform]:
    people = [{"id": 1, "name": "Ada", "person_id": 1, "team_id": 7}]
    platform = Platform({"person": people, "team": [{"id": 7, "name": "Blue", "person_id": 1}]}, kinds)
    reach = Kinds([platform])
    context = WorkspaceContext("shop", Catalogue([GREET]), reach, reach)
    task = Task(Request(text=words, now=NOW), OWNER, context, "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict, platform


@pytest.mark.parametrize("kinds", [STAFF, TEAMS])
async def test_a_name_that_nobody_has_is_asked_about(kinds: list[RecordKind]) -> None:
    asked, platform = await _greet("greet Zoe", kinds)
    assert isinstance(asked, Question), asked
    assert asked.text == "No person is called ‘Zoe’ here."
    assert len(platform.asked) < 20


async def test_the_owners_name_still_leads_to_what_is_theirs() -> None:
    made, _ = await _greet("greet Blue", TEAMS)
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 1
