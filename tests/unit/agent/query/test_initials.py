"""A person by first name and the letter of the surname, or the other way round, on platforms that search in their own
way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.query.test_misspelt_names import Literal
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer, invoice
from tests.unit.own_worlds import NOW, OWNER, Says, find, number, plan

THERE = ("Dario Pinto", "Dario Ruiz", "Carla Pinto Reyes", "Dora Pinter", "Lea Pratt")


async def credit(said: str, there: Sequence[str], platform: type[Platform] = Literal) -> Verdict:
    rows = {"customer": [customer(11 + at, each) for at, each in enumerate(there)]}
    step = {"action": "apply_credit", "customer_id": find("customer", said), "amount": number(10, "10 EUR", "EUR")}
    return await _come_of(f"give {said} 10 EUR credit", platform(rows), step)


async def _come_of(text: str, platform: Platform, step: dict[str, Any]) -> Verdict:
    kinds = Kinds([platform])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    said = {"understood": "", "result": plan(step), "rest": []}
    return (await propose(task, ProposingResolver(Says(said)))).verdict


def shown(made: Verdict) -> list[str]:
    """The one who is meant, or those who are offered, or nobody."""
    if isinstance(made, Plan):
        return [made.steps[0].pins[0].label]
    assert isinstance(made, Question), made
    return ["asks", *(each.label for each in made.candidates)]


@pytest.mark.parametrize("platform", [Literal, Platform])
@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("Dario R.", ["Dario Ruiz"]),
        ("dario r", ["Dario Ruiz"]),
        ("L. Pratt", ["Lea Pratt"]),
        ("Pratt, L.", ["Lea Pratt"]),
        ("D. Pinto", ["Dario Pinto"]),  # Dora is a Pinter
        ("Carla R.", ["Carla Pinto Reyes"]),
    ],
)
async def test_a_name_and_the_letter_of_the_other_name_mean_the_one_who_is_called_so(
    said: str, meant: list[str], platform: type[Platform]
) -> None:
    assert shown(await credit(said, THERE, platform)) == meant


@pytest.mark.parametrize("said", ["Dario X.", "X. Pratt", "Dari R.", "D. Ruizo"])
async def test_another_letter_or_part_of_a_name_means_nobody(said: str) -> None:
    made = await credit(said, THERE)
    assert isinstance(made, Question), made
    assert made.code == "not_found"
    assert f"customer is called ‘{said}’ here." in made.text


@pytest.mark.parametrize(
    ("said", "name"),
    [("Carla P.", "Carla Pinto Reyes"), ("Pratt L.", "Lea Pratt"), ("R. Dario", "Dario Ruiz")],
)
async def test_a_letter_in_the_middle_or_a_surname_said_first_is_asked_about(said: str, name: str) -> None:
    made = await credit(said, THERE)
    assert isinstance(made, Question), made
    assert made.text == f"No active customer is called ‘{said}’ here. Is it {name}?"
    assert [each.label for each in made.candidates] == [name]


async def test_two_with_the_same_letter_are_asked_about() -> None:
    made = await credit("Dario P.", [*THERE, "Dario Peng"])
    assert isinstance(made, Question)
    assert made.text.startswith("Two customers are called ‘Dario P.’:"), made.text
    assert {each.label for each in made.candidates} == {"Dario Pinto", "Dario Peng"}


async def test_somebody_whose_name_looks_the_same_is_asked_about_too() -> None:
    made = await credit("Dario P.", ["Dario Pinto", "Dario \u0420into"])  # the second with a Cyrillic capital
    assert isinstance(made, Question), made
    assert len(made.candidates) == 2


async def test_somebody_with_whom_it_cant_be_done_is_said_to_be_so() -> None:
    rows = {"customer": [customer(11, "Dario Pinto"), customer(12, "Dario Ruiz", status="closed")]}
    step = {"action": "apply_credit", "customer_id": find("customer", "Dario R."), "amount": number(9, "9 EUR", "EUR")}
    made = await _come_of("give Dario R. 9 EUR credit", Literal(rows), step)
    assert isinstance(made, Question), made
    assert made.text.startswith("Dario Ruiz is closed;"), made.text


async def test_one_of_more_than_are_looked_through_is_asked_about() -> None:
    made = await credit("Dario P.", ["Dario Pinto", *(f"Dario R{at}" for at in range(120))])
    assert isinstance(made, Question), made
    assert [each.label for each in made.candidates] == ["Dario Pinto"]


async def test_somebodys_record_is_found_by_the_letter_of_the_owner() -> None:
    there = {
        "customer": [customer(11, "Dario Pinto"), customer(12, "Dario Ruiz")],
        "invoice": [invoice(71, 11), invoice(72, 12)],
    }
    paid = find("invoice", None, {"belongs_to": find("customer", "Dario R.")})
    made = await _come_of("resend Dario R.'s invoice", Literal(there), {"action": "resend_invoice", "invoice_id": paid})
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 72
