"""What the same words say as well takes the place of a call that does not work on the record's state; nothing else
does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.pipeline import Calls, Draft, Plan, Question, Refusal
from agent.validate import validate
from agent.validate.alternatives import choose_alternative
from registry.contract import Contract
from tests.unit.agent.validate.fake_platform import RUN, Case, contract


def on(state: str, name: str, title: str) -> Contract:
    """A contract that works on invoices in one state only."""
    schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {"invoice_id": {"type": "integer"}},
        "required": ["invoice_id"],
    }
    annotations = {"invoice_id": {"record": "invoice", "filter": {"status": [state]}}}
    policy = {"policy": "never"}
    return contract(name, title=title, parameters=schema, annotations=annotations, confirmation=policy, risk="write")


WITHDRAW, TAKE_BACK = (
    on("open", "test.withdraw", "Withdraw an invoice"),
    on("paid", "test.take_back", "Take an invoice back"),
)


async def judged(text: str, number: str, *, instead: bool = True) -> tuple[Plan | Question | Refusal, str]:
    """The verdict over ``test.withdraw`` with ``test.take_back`` for what the words say as well, and the action it is
    about."""
    case = Case(text, ("test.withdraw", {"invoice_id": number}), contracts=[WITHDRAW, TAKE_BACK])
    other = case.drafts[0].model_copy(update={"action": "test.take_back"})

    async def check(drafts: Sequence[Draft]) -> Plan | Question | Refusal:
        return await validate(
            case.request,
            drafts,
            run_id=RUN,
            actor=case.actor,
            catalogue=case.catalogue,
            kinds=case.kinds,
            confirmed_in_session=case.confirmed,
        )

    calls = Calls(drafts=case.drafts, instead=(other,) if instead else ())
    verdict, drafts = await choose_alternative(calls, await check(case.drafts), case.catalogue, check)
    return verdict, drafts[0].action


async def test_the_record_s_state_tells_which_of_two_actions_is_meant() -> None:
    verdict, action = await judged("pull INV-1031 please", "INV-1031")
    assert isinstance(verdict, Plan)
    assert (action, verdict.steps[0].action) == ("test.take_back", "test.take_back")


async def test_what_took_another_s_place_is_held_and_says_why() -> None:
    verdict, _ = await judged("pull INV-1031 please", "INV-1031")
    assert isinstance(verdict, Plan)
    assert verdict.approvals == 1
    assert "INV-1031 · 25.00 EUR · paid" in verdict.held[-1]
    assert verdict.held[-1].endswith("So this is “Take an invoice back”.")


async def test_what_works_as_it_is_stays() -> None:
    verdict, action = await judged("pull INV-1013 please", "INV-1013")
    assert isinstance(verdict, Plan)
    assert action == "test.withdraw"
    assert not any("So this is" in why for why in verdict.held)


@pytest.mark.parametrize("number", ["INV-1041", "INV-9999"])
async def test_where_the_other_does_not_work_either_the_first_question_stands(number: str) -> None:
    verdict, action = await judged(f"pull {number} please", number)
    assert isinstance(verdict, Question)
    assert action == "test.withdraw"


async def test_without_another_that_the_words_say_a_question_stays_one() -> None:
    verdict, _ = await judged("pull INV-1031 please", "INV-1031", instead=False)
    assert isinstance(verdict, Question)
