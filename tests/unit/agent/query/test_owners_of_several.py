"""Where records of several owners are meant, each rests on its own owner: on its card, and where that changes since."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Answer, Plan, Question, Reply, Request
from agent.planning.propose import Task, propose
from agent.planning.task import Verdict
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from evals.cases.frozen_world import FrozenWorld
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, town
from tests.unit.own_worlds import NOW, OWNER, Says, answer, find, plan, world


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
    unread = "‘the last one’ doesn't answer this. "
    assert asked.text == f"{unread}There is no paid invoice of Cleo Marsh. Cleo Marsh has 2 invoices, already refunded."


@pytest.mark.parametrize("text", ["resend Adam's last invoice", "resend adams last invoice"])
@pytest.mark.parametrize("both", ["both", "both of them", "all of them"])
async def test_the_last_one_of_both_owners_is_the_last_of_each(text: str, both: str) -> None:
    made = await _ask(text, both)
    assert isinstance(made, Plan), made
    assert [step.pins[1].label for step in made.steps] == ["Adam Novak", "Adam Nowak"]


async def test_records_of_both_owners_are_offered_where_both_are_meant() -> None:
    asked = await _ask("refund the Adam invoice", "both")
    assert isinstance(asked, Question), asked
    assert {each.id for each in asked.candidates} == {"11", "12", "21"}


async def test_whose_a_record_is_needs_no_question_where_it_is_named_itself() -> None:
    made = await _ask("refund Adam's invoice 1021")
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 21
    assert [pin.label for pin in made.steps[0].pins[1:]] == ["Adam Nowak"]


@pytest.mark.parametrize("text", ["refund Adam's invoice 1041", "refund Adam's last invoice", "resend Adam's invoice"])
async def test_whose_a_record_is_is_asked_where_none_of_them_has_it_or_nothing_names_it(text: str) -> None:
    asked = await _ask(text)
    assert isinstance(asked, Question), asked
    assert asked.text.startswith("Two customers are called ‘Adam’:"), asked.text


DEPOTS = {
    "contracts": [
        {
            "schema": "opsiq/contract/v1", "name": "haul.cancel_transfer", "title": "Cancel a transfer",
            "description": "Take a transfer between depots off the list.", "surfaces": ["admin"], "roles": ["owner"],
            "parameters": {
                "type": "object", "additionalProperties": False, "required": ["transfer_id"],
                "properties": {"transfer_id": {"type": "integer"}},
            },
            "annotations": {"transfer_id": {"record": "transfer", "each": True}},
            "endpoint": {"url": "https://haul.example/cancel"},
        }
    ],
    "kinds": [
        {
            "name": "depot", "title": "Depot", "nouns": ["depot", "depots"], "label": "{name}",
            "fields": [{"name": "id", "type": "id", "search": "number"}, {"name": "name", "search": "name"}],
        },
        {
            "name": "transfer", "title": "Transfer", "nouns": ["transfer", "transfers"], "label": "transfer {id}",
            "fields": [
                {"name": "id", "type": "id", "search": "number"}, {"name": "from_id", "type": "id"},
                {"name": "to_id", "type": "id"},
            ],
            "relations": [{"kind": "depot", "via": "from_id"}, {"kind": "depot", "via": "to_id"}],
        },
    ],
    "records": {
        "depot": [{"id": 1, "name": "Northgate"}, {"id": 2, "name": "Quayside"}, {"id": 3, "name": "Millbrook"}],
        "transfer": [
            {"id": 11, "from_id": 1, "to_id": 2}, {"id": 12, "from_id": 3, "to_id": 1},
            {"id": 13, "from_id": 2, "to_id": 3},
        ],
    },
}  # fmt: skip


async def _haul(text: str, result: dict[str, Any]) -> Verdict:
    there = FrozenWorld(DEPOTS)
    task = Task(Request(text=text, now=NOW), OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    said = {"understood": "", "result": result, "rest": []}
    return (await propose(task, ProposingResolver(Says(said)))).verdict


def _of(*depots: str, **more: Any) -> dict[str, Any]:
    return find("transfer", None, *({"belongs_to": find("depot", each)} for each in depots), **more)


async def test_a_record_with_two_relations_to_one_kind_belongs_to_either() -> None:
    listed = await _haul("list the transfers of Northgate", answer(records=_of("Northgate", pick="all"), fields=[]))
    assert isinstance(listed, Reply), listed
    assert {each.id for each in listed.records} == {"11", "12"}

    step = {"action": "cancel_transfer", "transfer_id": _of("Quayside", "Millbrook")}
    made = await _haul("cancel the transfer between Quayside and Millbrook", plan(step))
    assert isinstance(made, Plan), made
    assert [each.filled[0].value for each in made.steps] == [13]


async def test_what_belongs_to_somebody_by_its_second_relation_is_left_out_too() -> None:
    left_out = {"except": _of("Northgate", pick="all")}
    step = {"action": "cancel_transfer", "transfer_id": find("transfer", None, left_out, pick="all")}
    made = await _haul("cancel all transfers except those of Northgate", plan(step))
    assert isinstance(made, Plan), made
    assert [each.filled[0].value for each in made.steps] == [13]
