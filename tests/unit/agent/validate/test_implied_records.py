"""A record that nobody named: the owner of another one where the contract says so, never whom it shall belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from registry.catalogue import Catalogue
from registry.contract import Annotation, Contract
from registry.endpoints.types import HttpEndpoint
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import SAAS, Platform, customer, ticket
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan, world


def hand_over() -> Contract:
    """An action on a loan and a member, like one of the world's."""
    like = world("lending").catalogue.get("lending.renew_loan")
    assert like is not None
    ids = {"type": "integer", "minimum": 1}
    parameters = like.parameters | {
        "properties": {"loan_id": like.properties["loan_id"], "member_id": ids},
        "required": ["loan_id", "member_id"],
    }
    annotations = {
        "loan_id": like.annotation("loan_id"),
        "member_id": Annotation(record="member", label="Member", ask="To whom?"),
    }
    told = {"name": "lending.hand_over", "title": "Hand a loan over", "aliases": (), "examples": ()}
    return like.model_copy(
        update={**told, "parameters": parameters, "annotations": annotations, "preview": "Hand it over."}
    )


async def verdict_of(contract: Contract, text: str, loan: Any) -> Verdict:
    step = {"action": "hand_over", "loan_id": loan, "member_id": None}
    context = replace(world("lending"), catalogue=Catalogue([contract]))
    task = Task(Request(text=text, now=NOW), OWNER, context, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(step), "rest": []}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


LOANS = [
    ("loan 502 goes to somebody else", find("loan", "502")),
    (
        "Ines Duarte's last loan goes to somebody else",
        find("loan", None, {"belongs_to": find("member", "Ines Duarte")}),
    ),
]


@pytest.mark.parametrize(("text", "loan"), LOANS)
async def test_whom_a_record_shall_belong_to_is_asked_and_not_who_has_it(text: str, loan: Any) -> None:
    asked = await verdict_of(hand_over(), text, loan)
    assert isinstance(asked, Question), asked
    assert (asked.param, asked.code) == ("member_id", "missing")


@pytest.mark.parametrize(("text", "loan"), LOANS)
async def test_the_owner_is_filled_in_where_the_address_says_it_is_the_owner(text: str, loan: Any) -> None:
    address = {
        "type": "http", "method": "POST", "url": "https://lend.example/members/{member}/loans/{loan}/notes",
        "path": {"member": {"parameter": "member_id"}, "loan": {"parameter": "loan_id"}},
    }  # fmt: skip
    within = hand_over().model_copy(update={"endpoint": HttpEndpoint.model_validate(address)})
    made = await verdict_of(within, text, loan)
    assert isinstance(made, Plan), made
    assert {each.param for each in made.steps[0].filled} >= {"loan_id", "member_id"}


@pytest.mark.parametrize(
    ("text", "told"), [("remind Nora Lindqvist to pay 42", True), ("answer Nora Lindqvist's ticket: pay 42", False)]
)
async def test_a_card_says_which_record_a_text_goes_to_that_nobody_named(text: str, told: bool) -> None:
    kinds = Kinds([Platform({"customer": [customer(401, "Nora Lindqvist")], "ticket": [ticket(5519, 401, "A bill")]})])
    theirs = find("ticket", None, {"belongs_to": find("customer", "Nora Lindqvist")})
    step = {"action": "reply_ticket", "ticket_id": theirs, "message": {"value": "pay 42", "quote": "pay 42"}}
    task = Task(
        Request(text=text, now=NOW), OWNER, WorkspaceContext("shop", Catalogue(SAAS), kinds, kinds), "run_0000000000"
    )
    answer = {"understood": "", "result": plan(step), "rest": []}
    verdict = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(verdict, Plan), verdict
    assert ("You named no ticket; this goes to #5519 · A bill." in verdict.held) is told
