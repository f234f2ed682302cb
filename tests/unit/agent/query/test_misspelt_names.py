"""A misspelt name is one person's only where nobody else is as near."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer
from tests.unit.own_worlds import NOW, OWNER


async def credit(name: str, *there: str) -> Verdict:
    kinds = Kinds([Platform({"customer": [customer(401 + at, each) for at, each in enumerate(there)]})])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    request = Request(text=f"give {name} 10 EUR credit", now=NOW)
    return (await propose(Task(request, OWNER, context, "run_00000000000000000000000001"), RuleResolver())).verdict


@pytest.mark.parametrize(
    ("typed", "others"),
    [
        ("Ida Brandt", ("Ida Brand", "Inda Brandt")),
        ("Petra Lindner", ("Petra Linder", "Petra Lindler")),
        ("Karla Weiss", ("Karla Weisz", "Kar\u200bla Weisz")),
    ],
)
async def test_two_who_are_as_near_are_asked_about(typed: str, others: tuple[str, ...]) -> None:
    asked = await credit(typed, *others)
    assert isinstance(asked, Question), asked
    assert [each.id for each in asked.candidates] == ["401", "402"]


async def test_the_only_one_who_is_near_is_meant_and_said() -> None:
    made = await credit("Petra Lindner", "Petra Linder", "Piet Brandt")
    assert isinstance(made, Plan), made
    assert "You wrote ‘Petra Lindner’; this is Petra Linder." in made.held
