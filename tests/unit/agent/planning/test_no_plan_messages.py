"""Where a request leads to no plan, people are told why, who may, or how it is asked for."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Refusal, Reply
from agent.planning.no_plan_messages import explain_nothing_planned
from agent.planning.proposal import NoneReason, NoneResult
from core.actor import Actor
from registry.catalogue import Catalogue
from tests.unit.agent.validate.fake_platform import SAAS

CATALOGUE = Catalogue(SAAS)


def told(reason: NoneReason, action: str | None, role: str = "owner") -> Abstain | Refusal | Reply:
    none = NoneResult(reason=reason, action=action, quote="so")
    return explain_nothing_planned(none, CATALOGUE, Actor("ws_1", "mem_1", "member", "Olga", role, "mem_1"), "admin")


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("saas.void_invoice", "nothing is sent until that is confirmed"),
        ("saas.apply_credit", "Where it takes a yes"),
    ],
)
def test_how_something_is_done_is_answered_by_how_it_is_said(action: str, after: str) -> None:
    made = told("how-to question", action)
    assert isinstance(made, Reply)
    assert made.actions == (action,)
    contract = CATALOGUE.get(action)
    assert contract is not None
    assert contract.examples[0] in made.text
    assert after in made.text


def test_who_may_not_do_it_is_not_told_how_but_who_may() -> None:
    assert isinstance(told("how-to question", "saas.void_invoice", role="customer"), Abstain)
    refused = told("not allowed", "saas.void_invoice", role="customer")
    assert isinstance(refused, Refusal)
    assert refused.detail.startswith("Only owners")


def test_who_may_do_it_is_told_as_one_list_of_people() -> None:
    refused = told("not allowed", "saas.apply_credit", role="customer")
    assert isinstance(refused, Refusal)
    assert refused.detail.startswith("Only owners, admins and billing staff may do that"), refused.detail


def test_a_how_to_about_nothing_here_stays_without_an_answer() -> None:
    assert isinstance(told("how-to question", None), Abstain)
