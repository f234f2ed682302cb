"""Reversals in a thread: corrections of a card that waits, and taking back what was done."""

from __future__ import annotations

import pytest

from agent.planning.planner import EarlierRunMoved
from agent.planning.proposal import (
    Call,
    TypedValue,
    UndoResult,
)
from executors.retry import Reply
from tests.integration.agent.planning.talk import BIG, Says, Talk, credit, give, handle, named, params, plan, words
from tests.unit.agent.validate.fake_platform import invoice


async def test_a_correction_takes_the_place_of_the_card_and_always_waits(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    says: Says = lambda r: plan(credit(handle("@customer1"), r, "20"), replaces=("@call1",))  # noqa: E731
    second = await talk.say("make that 20", says, after=first)
    assert second.state == "held", "20 euros alone are done at once"
    assert second.plan is not None
    assert second.plan.held == ("It takes the place of an earlier card, so it waits for a yes.",)
    over = await talk.harness.run(first.id)
    assert (over.state, over.reason) == ("rejected", "Corrected: make that 20")
    assert (over.replaced_by, over.withdrawn_by) == (second.id, None)
    assert ("held", [first.id]) in [(kind, data.get("replaces")) for kind, data in await talk.entries(second)]
    assert ("rejected", second.id) in [(kind, data.get("replaced_by")) for kind, data in await talk.entries(first)]


async def test_what_else_stood_on_the_corrected_card_is_said(talk: Talk) -> None:
    text = f"{BIG} and close ticket 5519"
    ticket: Says = lambda r: plan(  # noqa: E731
        credit(named(r, "customer", "Berta Lind"), r, "90"),
        Call(action="saas.close_ticket", arguments={"ticket_id": named(r, "ticket", "5519")}),
    )
    first = await talk.say(text, ticket)
    second = await talk.say(
        "make that 20", lambda r: plan(credit(handle("@customer1"), r, "20"), replaces=("@call1",)), after=first
    )
    assert second.plan is not None
    assert "The earlier card had 2 actions; this one takes the place of all of them." in second.plan.held


async def test_a_correction_that_asks_leaves_the_card_until_it_is_answered(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    bare = Call(action="saas.apply_credit", arguments={"customer_id": handle("@customer1")})
    second = await talk.say("make that less", lambda r: plan(bare, replaces=("@call1",)), after=first)
    assert second.question is not None
    assert (await talk.harness.run(first.id)).state == "held"
    await talk.harness.decisions.answer(talk.harness.people["amir"], second.id, second.question.slot, text="20 euros")
    done = await talk.harness.job(second.id)
    assert done.state == "held", done.question
    assert (await talk.harness.run(first.id)).state == "rejected"


async def test_what_is_confirmed_already_is_not_corrected_and_the_card_says_so(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    await talk.harness.confirm("amir", first)
    second = await talk.say(
        "make that 20", lambda r: plan(credit(handle("@customer1"), r, "20"), replaces=("@call1",)), after=first
    )
    assert second.plan is not None
    assert second.plan.held == ("“Give a customer credit” was confirmed already; this comes on top of it.",)
    assert (await talk.harness.run(first.id)).state == "confirmed"


async def test_a_card_confirmed_while_it_is_corrected_makes_the_correction_think_again(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    confirm = lambda: talk.harness.confirm("amir", first)  # noqa: E731
    talk.harness.platform.meanwhile = confirm
    with pytest.raises(EarlierRunMoved):
        await talk.say(
            "make that 20", lambda r: plan(credit(handle("@customer1"), r, "20"), replaces=("@call1",)), after=first
        )
    (again,) = [
        run for run in await talk.harness.run_service.list_runs(talk.harness.people["amir"]) if run.id != first.id
    ]
    assert again.state == "received", "nothing of it was stored; the engine tries again"
    assert (await talk.harness.run(first.id)).state == "confirmed"
    second = await talk.harness.job(again.id)
    assert second.plan is not None
    assert any("comes on top of it" in each for each in second.plan.held)


async def test_undoing_what_was_done_is_a_card_that_reverses_it(talk: Talk) -> None:
    talk.harness.signed_client.answers = [Reply(200, b'{"credit_id": 7, "customer_id": 3}', 5, None, True)]
    first = await talk.say(BIG, give("90"))
    await talk.harness.confirm("amir", first)
    first = await talk.harness.job(first.id)
    assert first.state == "succeeded"
    second = await talk.say("undo that", lambda r: UndoResult(calls=("@call1",)), after=first)
    assert (second.state, second.actions) == ("held", ("saas.void_credit",)), second.refusal or second.question
    assert params(second) == {"credit_id": 7}
    await talk.harness.confirm("amir", second)
    assert (await talk.harness.job(second.id)).state == "succeeded"
    assert len(talk.harness.signed_client.posted) == 2


async def test_what_no_contract_undoes_is_done_again_with_the_value_before(talk: Talk) -> None:
    text = "set ticket 5519 to urgent"
    urgent = lambda r: TypedValue(value="urgent", quote=words(r, "urgent"))  # noqa: E731
    first = await talk.say(
        text,
        lambda r: plan(
            Call(
                action="saas.set_ticket_priority",
                arguments={"ticket_id": named(r, "ticket", "5519"), "priority": urgent(r)},
            )
        ),
    )
    before = talk.harness.platform.row("ticket", 5519)["priority"]
    if first.state == "held":
        await talk.harness.confirm("amir", first)
    assert (await talk.harness.job(first.id)).state == "succeeded"
    talk.harness.platform.row("ticket", 5519)["priority"] = "urgent"
    second = await talk.say("put it back", lambda r: UndoResult(calls=("@call1",)), after=first)
    assert (second.state, second.actions) == ("held", ("saas.set_ticket_priority",)), second.refusal or second.question
    assert params(second) == {"ticket_id": 5519, "priority": before}
    assert second.plan is not None
    source = next(each.source for each in second.plan.steps[0].filled if each.param == "priority")
    assert source.model_dump()["reading"] == "the value before"


async def test_undoing_waits_even_where_its_contract_never_would(talk: Talk) -> None:
    text = "close ticket 5519"
    first = await talk.say(text, lambda r: plan(
        Call(action="saas.close_ticket", arguments={"ticket_id": named(r, "ticket", "5519")})))  # fmt: skip
    await talk.harness.confirm("amir", first)
    assert (await talk.harness.job(first.id)).state == "succeeded"
    talk.harness.platform.row("ticket", 5519)["status"] = "closed"
    second = await talk.say("undo that", lambda r: UndoResult(calls=("@call1",)), after=first)
    assert (second.state, second.actions) == ("held", ("saas.reopen_ticket",)), second.refusal or second.question
    assert second.plan is not None
    assert second.plan.held == ("It takes back what was done before, so it waits for a yes.",)


async def test_undoing_what_waits_withdraws_it_and_sends_nothing(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    second = await talk.say("no, forget it", lambda r: UndoResult(calls=("@call1",)), after=first)
    assert second.state == "answered"
    assert second.reply is not None
    assert second.reply.text == "“Give a customer credit” was withdrawn; nothing was sent."
    over = await talk.harness.run(first.id)
    assert (over.state, over.reason) == ("rejected", "Taken back: no, forget it")
    assert (over.replaced_by, over.withdrawn_by) == (None, second.id)
    assert ("replied", [first.id]) in [(kind, data.get("withdraws")) for kind, data in await talk.entries(second)]
    assert ("rejected", second.id) in [(kind, data.get("withdrawn_by")) for kind, data in await talk.entries(first)]


async def test_what_can_not_be_taken_back_is_said(talk: Talk) -> None:
    talk.harness.platform.rows["invoice"].append(invoice(32, 3, "open"))
    refund: Says = lambda r: plan(  # noqa: E731
        Call(action="saas.resend_invoice", arguments={"invoice_id": named(r, "invoice", "INV-1032")})
    )
    first = await talk.say("send INV-1032 again", refund)
    assert first.state == "succeeded", first.refusal or first.question
    second = await talk.say("undo that", lambda r: UndoResult(calls=("@call1",)), after=first)
    assert second.state == "abstained"
    assert second.refusal is not None
    assert second.refusal.detail.endswith("” can't be taken back here.")


async def test_a_call_that_was_never_made_has_nothing_to_take_back(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    await talk.harness.decisions.reject(talk.harness.people["amir"], first.id)
    second = await talk.say("undo that", lambda r: UndoResult(calls=("@call1", "@call9")), after=first)
    assert second.refusal is not None
    assert second.refusal.detail == "“Give a customer credit” was not done, so there is nothing to take back."
