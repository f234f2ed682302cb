"""Where a request leads to no plan, people are told why, who may, or how it is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.pipeline import Abstain, Refusal, Reply, Request
from agent.planning.no_plan_messages import NO_ACTION, explain_nothing_planned
from agent.planning.proposal import NoneReason, NoneResult
from core.actor import Actor
from registry.catalogue import Catalogue
from tests.unit.agent.validate.fake_platform import SAAS

CATALOGUE = Catalogue(SAAS)


def told(
    reason: NoneReason, action: str | None, role: str = "owner", text: str = "x so", quote: str = "so"
) -> Abstain | Refusal | Reply:
    none = NoneResult(reason=reason, action=action, quote=quote)
    actor = Actor("ws_1", "mem_1", "member", "Olga", role, "mem_1")
    return explain_nothing_planned(none, CATALOGUE, actor, Request(text=text, now=datetime(2026, 11, 24, tzinfo=UTC)))


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


@pytest.mark.parametrize("reason", ["no such action", "no field for it"])
@pytest.mark.parametrize(
    "text", ["how much did we earn in spring?", "who is our tallest customer", "why is it so slow?"]
)
def test_a_question_that_nothing_answers_is_told_so(reason: NoneReason, text: str) -> None:
    made = told(reason, None, text=text, quote=text)
    assert isinstance(made, Abstain)
    assert made.detail.startswith("Nothing here answers that question")


@pytest.mark.parametrize(
    "text", ["tell the second crew to start at six", "please let Ada's bank know", "give the cook a free day"]
)
def test_who_shall_be_told_or_given_something_asks_no_question(text: str) -> None:
    made = told("no such action", None, text=text, quote=text)
    assert isinstance(made, Abstain)
    assert made.detail == NO_ACTION


@pytest.mark.parametrize(
    ("action", "text", "quote", "said"),
    [
        (
            "saas.set_ticket_priority", "make ticket 5519 purple", "purple",
            "“Set a ticket's priority” has no place for ‘purple’; nothing was done. "
            "Priority takes low, normal, high or urgent.",
        ),
        (
            "saas.void_invoice", "void 1042 by pigeon", "by pigeon",
            "“Void an unpaid invoice” has no place for ‘by pigeon’; nothing was done.",
        ),
        (
            "saas.void_invoice", "void 1042", "words of nobody",
            "“Void an unpaid invoice” has no place for that; nothing was done.",
        ),
        (None, "paint it blue", "blue", "There is no place here to put that."),
    ],
)  # fmt: skip
def test_what_an_action_has_no_place_for_is_named_with_what_it_takes(
    action: str | None, text: str, quote: str, said: str
) -> None:
    made = told("no field for it", action, text=text, quote=quote)
    assert isinstance(made, Abstain)
    assert made.detail == said


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        ("if it rains", "‘if it rains’ can't be known here now, so nothing was done. Say the rest when it is."),
        ("if it snows", "That depends on something I can't know here, so nothing was done."),
    ],
)
def test_what_can_not_be_known_yet_is_named_in_the_words_that_were_typed(quote: str, said: str) -> None:
    made = told("depends on the future or the unknown", None, text="shut it if it rains", quote=quote)
    assert isinstance(made, Abstain)
    assert made.detail == said
