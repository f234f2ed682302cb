"""A misspelt name is one person's only where nobody else is as near."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Kinds, Query, Record
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer, town
from tests.unit.own_worlds import NOW, OWNER


async def credit(name: str, *there: str) -> Verdict:
    return await credit_at(Platform(_customers(there)), name)


async def credit_there(name: str, *there: str) -> Verdict:
    return await credit_at(Literal(_customers(there)), name)


def _customers(names: Sequence[str]) -> dict[str, list[dict[str, object]]]:
    return {"customer": [customer(401 + at, each) for at, each in enumerate(names)]}


async def credit_at(platform: Platform, name: str) -> Verdict:
    kinds = Kinds([platform])
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


class Literal(Platform):
    """A platform that searches for the very letters that were typed, as many databases do."""

    async def search(self, query: Query) -> Sequence[Record]:
        if query.by != "name" or query.text is None:
            return await super().search(query)
        there = await super().search(Query(query.kind, where=query.where, limit=10_000))
        return [each for each in there if query.text in each.values["name"]][: query.limit]


@pytest.mark.parametrize("others", [1, 300])
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Zoe", "Zoë Amsel"),
        ("Elodie Prat", "Élodie Prat"),
        ("Soren", "Søren Lund"),
        ("pia muller", "Pia Müller"),
        ("ada", "Ada Wolf"),
    ],
)
async def test_a_name_without_its_accents_is_found_where_the_platform_knows_no_other_letters(
    typed: str, name: str, others: int
) -> None:
    made = await credit_there(typed, name, *(f"Person {at}" for at in range(others)))
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 401


async def test_two_names_that_differ_in_accents_alone_are_asked_about() -> None:
    asked = await credit_there("Zoe", "Zoë Amsel", "Zoé Brandt", "Kai Lund")
    assert isinstance(asked, Question), asked
    assert [each.id for each in asked.candidates] == ["401", "402"]


@pytest.mark.parametrize("number", ["55190", "5519-5525", "5591", "551"])
async def test_another_number_is_no_slip(number: str) -> None:
    kinds = Kinds([Platform(town())])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    request = Request(text=f"close ticket {number}", now=NOW)
    task = Task(request, OWNER, context, "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert not isinstance(verdict, Plan), verdict
