"""Where records of several owners are meant, each rests on its own owner: on its card, and where that changes since."""

from __future__ import annotations

import pytest

from agent.pipeline import Answer, Plan, Question, Request
from agent.planning.propose import Task, propose
from agent.planning.task import Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, town
from tests.unit.own_worlds import NOW, OWNER, world


@pytest.mark.parametrize(
    ("text", "name", "owners"),
    [
        (
            "renew the loans of members with a due fine by 5 days",
            "lending",
            {"loan 505: Pressure washer": "Piet Vos", "loan 501: Belt sander": "Ines Duarte"},
        ),
        (
            "remind everyone with an open bill",
            "vet",
            {"bill 811": "Greta Falk", "bill 812": "Tomasz Nowak", "bill 813": "Tomasz Nowak"},
        ),
    ],
)
async def test_each_of_several_records_rests_on_its_own_owner(text: str, name: str, owners: dict[str, str]) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    plan = (await propose(task, RuleResolver())).verdict
    assert isinstance(plan, Plan)
    told = {step.pins[0].label: [pin.label for pin in step.pins[1:]] for step in plan.steps}
    assert told == {record: [owner] for record, owner in owners.items()}


async def _ask(text: str, *answers: str) -> Verdict:
    """What comes of a request whose questions are answered in turn."""
    kinds = Kinds([Platform(town())])
    context = WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds)
    request = Request(text=text, now=NOW)
    verdict = (await propose(Task(request, OWNER, context, "run_00000000000000000000000001"), RuleResolver())).verdict
    for each in answers:
        assert isinstance(verdict, Question)
        answer = Answer(slot=verdict.slot, text=each)
        request = request.model_copy(update={"answers": (*request.answers, answer)})
        task = Task(request, OWNER, context, "run_00000000000000000000000001")
        verdict = (await propose(task, RuleResolver())).verdict
    return verdict


async def test_a_question_between_somebodys_records_says_whose_they_are() -> None:
    asked = await _ask("resend Adam Novak's invoice")
    assert isinstance(asked, Question)
    assert asked.text.startswith("Three invoices of Adam Novak could be meant: ")


@pytest.mark.parametrize(
    ("text", "answers"),
    [("refund the Cleo invoice", ("the last one",)), ("refund the Adam invoice", ("Cleo", "the last one"))],
)
async def test_the_last_one_of_somebody_who_has_none_is_nobody_elses(text: str, answers: tuple[str, ...]) -> None:
    asked = await _ask(text, *answers)
    assert isinstance(asked, Question), asked
    assert asked.text == "There is no paid invoice of Cleo Marsh. Cleo Marsh has 2 invoices, already refunded."


async def test_records_of_both_owners_are_offered_where_both_are_meant() -> None:
    asked = await _ask("refund the Adam invoice", "both")
    assert isinstance(asked, Question), asked
    assert {each.id for each in asked.candidates} == {"11", "12", "21"}
