"""A customer is told nothing of another customer's records: not that they are there, and not what is on them."""

from __future__ import annotations

import pytest

from agent.pipeline import Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.workspace.context import WorkspaceContext
from connectors.saas.kinds import KINDS
from core.actor import Actor, ActorKind
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import Platform, contract, customer, town
from tests.unit.own_worlds import NOW

BERTA = Actor("ws_1", "3", "identity", "Berta", "customer", "3")
RESEND = contract(
    title="Resend an invoice",
    description="Sends an invoice again.",
    surfaces=["customer"],
    roles=["customer"],
    parameters={"type": "object", "required": ["invoice_id"], "properties": {"invoice_id": {"type": "integer"}}},
    annotations={"invoice_id": {"record": "invoice"}},
)


async def ask_as_customer(text: str, actor: Actor = BERTA) -> Verdict:
    rows = town()
    rows["customer"].append(customer(6, "Vera Oswald"))
    kinds = Kinds([Platform(rows, KINDS)])
    context = WorkspaceContext("shop", Catalogue([RESEND]), kinds, kinds)
    request = Request(text=text, now=NOW, surface="customer")
    return (await propose(Task(request, actor, context, "run_00000000000000000000000001"), RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        ("resend invoice 12", "INV-1012"),
        ("resend invoice 1012", "99.00"),
        ("resend INV-1012", "99.00"),
        ("what is the total of invoice 12?", "99.00"),
        ("resend Adam's invoice", "Novak"),
        ("resend Vera Oswal's invoice", "Oswald"),
        ("who is customer 6?", "Oswald"),
    ],
)
async def test_nothing_is_told_of_what_is_another_customers(text: str, theirs: str) -> None:
    asked = await ask_as_customer(text)
    assert isinstance(asked, Question), asked
    assert theirs not in asked.text
    assert not asked.candidates


@pytest.mark.parametrize("text", ["resend Adam Novak's invoice", "resend Zed Zebra's invoice"])
async def test_who_is_another_customer_is_nobody(text: str) -> None:
    asked = await ask_as_customer(text)
    assert isinstance(asked, Question), asked
    assert asked.text.startswith("No customer is called ‘")


@pytest.mark.parametrize("kind", ["key", "member"])
async def test_the_surface_alone_keeps_no_records_from_a_key_or_a_member(kind: ActorKind) -> None:
    """As docs/reference/security.md says under "What does not hold": whoever changes this changes that."""
    answered = await ask_as_customer("who is customer 6?", Actor("ws_1", "x_1", kind, "Kiosk", "customer", "mem_1"))
    assert isinstance(answered, Reply), answered
    assert "Oswald" in answered.text
