"""A bare number under a card is the new value of the card's one number, also where records go by numbers."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, EarlierCall, EarlierRecords, Plan, Proposed, Request, RunState, Turn
from agent.planning.propose import CORRECTED_LATE
from agent.resolve.rules.resolver import RuleResolver
from registry.contract import Annotation, Unit
from registry.offers.shortlist import Shortlist
from tests.unit.agent.planning.test_corrected_cards import talk
from tests.unit.agent.resolve.rules.grammar.test_understand import GUEST, NOW, OF_STAY, STAY, WHICH, action

INN = Shortlist(
    [
        action(
            "pay_back",
            "Pay a stay back",
            {**WHICH, "amount": {"type": "number"}},
            {**OF_STAY, "amount": Annotation(unit=Unit.MONEY, currency="EUR", label="Amount")},
        )
    ]
)


async def under_card(text: str) -> Any:
    """What words come to under the card of a stay that is paid back in full."""
    call = EarlierCall(handle="@call1", action="inn.pay_back", records={"stay": "@stay1"}, waits=True)
    turn = Turn(words="…", came="…", calls=(call,), records=(EarlierRecords(handle="@stay1", kind="stay"),))
    return (await RuleResolver().resolve(Request(text=text, now=NOW, thread=(turn,)), INN, (GUEST, STAY))).resolution


def is_amount(proposal: Any) -> bool:
    (call,) = proposal.result.calls
    kept = "@stay1" in call.arguments["stay"].model_dump_json()
    return kept and '"120"' in call.arguments["amount"].model_dump_json() and proposal.result.replaces == ("@call1",)


@pytest.mark.parametrize("text", ["make it 120", "120 please", "ok, 120", "only 120", "just 120", "yes but 120", "120"])
async def test_a_bare_number_is_the_amount(text: str) -> None:
    made = await under_card(text)
    assert isinstance(made, Proposed), made
    assert is_amount(made.proposal)


async def test_a_number_that_may_name_another_record_is_the_amount_where_there_is_no_such_record() -> None:
    made = await under_card("no, 120")
    assert made.proposal.result.calls[0].arguments["stay"].reference.said.text == "120"
    (amount,) = made.otherwise
    assert is_amount(amount)


@pytest.mark.parametrize("text", ["and 120", "120 too", "also 120"])
async def test_what_comes_on_top_is_no_new_amount(text: str) -> None:
    made = await under_card(text)
    assert not isinstance(made, Proposed) or not made.otherwise
    assert not isinstance(made, Proposed) or not is_amount(made.proposal)


async def test_what_came_to_nothing_in_between_hides_no_card() -> None:
    runs, outcome = await talk("waive F-231", "blue skies", "green grass", "make it 3")
    assert outcome.withdrawal.runs == (runs[0].id,)


@pytest.mark.parametrize("cards", ["rejected", "expired", "failed"])
async def test_a_card_that_came_to_nothing_is_said_anew_on_a_new_card(cards: RunState) -> None:
    _, outcome = await talk("charge Ruth Meyer 12 euros for a lost blade", "make it 8", cards=cards)
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {each.param: each.value for each in outcome.verdict.steps[0].filled}["amount"] == 800
    assert outcome.waits == (CORRECTED_LATE,)


async def test_a_call_that_was_sent_is_not_said_to_be_changed() -> None:
    _, outcome = await talk("charge Ruth Meyer 12 euros for a lost blade", "make it 8", cards="succeeded")
    assert isinstance(outcome.verdict, Abstain)
    assert "was sent already" in outcome.verdict.detail
