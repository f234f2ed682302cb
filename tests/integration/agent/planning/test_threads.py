"""Threads: follow-ups, corrections and undoing, from what earlier requests of the same person said and led to."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from agent.pipeline import Candidate, Proposed, Request, Resolved, Trace
from agent.planning.planner import EarlierRunMoved
from agent.planning.proposal import AnswerResult as Answers
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    Call,
    Find,
    Handle,
    HelpAnswer,
    Number,
    PlanResult,
    Proposal,
    RecordArgument,
    RecordsAnswer,
    Result,
    TypedValue,
    UndoResult,
    Words,
)
from agent.planning.proposal import ComputedArgument as Sum
from agent.planning.thread import MOST_TURNS
from agent.resolve.model.resolver import prepare
from agent.runs.run import Run
from core.actor import Surface
from core.errors import NotFound
from executors.retry import Reply
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind
from tests.integration.agent.agent_harness import AgentHarness, open_harness
from tests.unit.agent.validate.fake_platform import invoice

Says = Callable[[Request], Result]


@dataclass
class ProposingScript:
    """Proposes what it was told for each text; remembers what it was asked with."""

    name = "told"
    says: dict[str, Says] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        self.asked.append(request)
        self.prompts.append(json.dumps(prepare(request, shortlist, kinds).messages, ensure_ascii=False))
        result = self.says[request.text](request)
        return Resolved(resolution=Proposed(proposal=Proposal(result=result)), trace=Trace(resolver=self.name))


@dataclass
class Talk:
    """One person's requests in one thread."""

    harness: AgentHarness
    script: ProposingScript

    async def say(
        self, text: str, says: Says, after: Run | None = None, person: str = "amir", surface: Surface = "admin"
    ) -> Run:
        self.script.says[text.strip()] = says
        self.harness.clock.advance(seconds=1)
        asked = await self.harness.run_service.ask(
            self.harness.people[person],
            text,
            surface=surface,
            session_id="s1",
            thread_id=after.id if after is not None else None,
        )
        return await self.harness.job(asked.id)

    async def entries(self, run: Run) -> list[tuple[str, dict[str, Any]]]:
        return [(each.kind, json.loads(each.data)) for each in await self.harness.entries(run.id)]


@pytest.fixture
async def talk(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    script = ProposingScript()
    async with open_harness(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}", script) as made:
        made.platform.rows["credit"].append(
            {"id": 7, "customer_id": 3, "customer_name": "Berta Lind", "amount": 9000, "currency": "EUR", "note": None,
             "status": "applied", "applied_at": "2026-11-24T12:00:00Z", "voided_at": None}
        )  # fmt: skip
        yield Talk(made, script)


def words(request: Request, text: str) -> Words:
    return Words(text=text, start=request.text.index(text))


def plan(*calls: Call, replaces: tuple[str, ...] = ()) -> PlanResult:
    return PlanResult(calls=calls, replaces=replaces)


def named(request: Request, kind: str, text: str) -> RecordArgument:
    return RecordArgument(reference=Find(record=kind, said=words(request, text)))


def handle(name: str) -> RecordArgument:
    return RecordArgument(reference=Handle(handle=name))


def credit(customer: Argument, request: Request, amount: str) -> Call:
    money = Number(number=int(amount), unit="EUR", quote=words(request, amount))  # type: ignore[arg-type]
    return Call(action="saas.apply_credit", arguments={"customer_id": customer, "amount": Sum(expression=money)})


def give(amount: str) -> Says:
    return lambda request: plan(credit(named(request, "customer", "Berta Lind"), request, amount))


def params(run: Run, step: int = 0) -> dict[str, Any]:
    assert run.plan is not None, run.refusal or run.question
    made: dict[str, Any] = json.loads(run.plan.steps[step].payload)["params"]
    return made


BIG = "credit Berta Lind with 90 euros"


# ── following up ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_follow_up_speaks_of_what_was_named_before_by_a_handle(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    second = await talk.say("and 80 more for her", lambda r: plan(credit(handle("@customer1"), r, "80")), after=first)
    assert (second.thread_id, second.state) == (first.id, "held")
    assert params(second)["customer_id"] == 3
    (turn,) = talk.script.asked[-1].thread
    assert turn.words == BIG
    assert turn.came == '@call1 apply_credit(amount="90", customer_id=@customer1), waits for confirmation'


def as_much(amount: Argument) -> Says:
    """A credit for another customer."""
    return lambda r: plan(
        Call(
            action="saas.apply_credit",
            arguments={"customer_id": named(r, "customer", "adam.novak@example.com"), "amount": amount},
        )
    )


async def test_the_same_as_before_is_what_the_earlier_call_had(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    same = Sum(expression=ArgumentOf(argument="amount", of="@call1"))
    second = await talk.say(
        "the same for adam.novak@example.com",
        as_much(same),
        after=first,
    )
    assert params(second)["amount"] == 9000, second.question
    assert second.plan is not None
    source = next(each.source for each in second.plan.steps[0].filled if each.param == "amount")
    assert source.model_dump()["reading"] == "the amount of “Give a customer credit” before"
    assert source.model_dump()["read_by"] == "code"


@pytest.mark.parametrize(("amount", "state"), [("90", "held"), ("91", "asked")])
async def test_a_value_nobody_said_counts_only_where_an_earlier_call_had_it(
    talk: Talk, amount: str, state: str
) -> None:
    first = await talk.say(BIG, give("90"))
    money = Sum(expression=Number(number=int(amount), unit="EUR", quote=Words(text="90 euros")))  # type: ignore[arg-type]
    second = await talk.say(
        "the same for adam.novak@example.com",
        as_much(money),
        after=first,
    )
    assert second.state == state


async def test_what_no_earlier_call_had_is_asked_for(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    for name, call in (("amount", "@call7"), ("colour", "@call1")):
        gone = Sum(expression=ArgumentOf(argument=name, of=call))
        asked = await talk.say(
            f"the same {name} of {call} for adam.novak@example.com",
            as_much(gone),
            after=first,
        )
        assert asked.question is not None
        assert asked.question.text == "What was it before? Say the value itself."


async def test_an_answer_names_its_records_and_what_follows_may_speak_of_them(talk: Talk) -> None:
    which = Find(record="invoice", said=None, pick="all")
    first = await talk.say("which invoices are there?", lambda r: Answers(answer=RecordsAnswer(records=which)))
    assert first.state == "answered"
    assert first.reply is not None
    assert first.reply.count == 7
    second = await talk.say(
        "how much is INV-1031 of those?",
        lambda r: Answers(
            answer=RecordsAnswer(
                records=Find(record="invoice", said=words(r, "INV-1031"), among="@set1"), fields=("total",)
            )
        ),
        after=first,
    )
    assert second.reply is not None
    assert second.reply.values == ("25.00 EUR",)
    assert "answered with @set1 (7 of kind invoice)" in talk.script.asked[-1].thread[0].came


async def test_what_a_thread_tells_a_model_holds_no_record(talk: Talk) -> None:
    first = await talk.say("the latest invoice of Adam Novak?", lambda r: Answers(answer=RecordsAnswer(
        records=Find(record="invoice", said=None, pick="all"))))  # fmt: skip
    assert first.reply is not None
    assert "INV-1012" in first.reply.text
    await talk.say("nothing", lambda r: Answers(answer=HelpAnswer()), after=first)
    prompt = talk.script.prompts[-1]
    assert "@set1" in prompt
    assert all(secret not in prompt for secret in ("INV-1012", "99.00", "adam.novak@example.com"))


async def test_handles_stand_for_what_they_stood_for_when_the_words_were_read(talk: Talk) -> None:
    """An earlier question that is answered later makes other handles; a stored proposal keeps its own."""
    adam = await talk.say("credit Adam 60", lambda r: plan(credit(named(r, "customer", "Adam"), r, "60")))
    assert adam.state == "asked"
    berta = await talk.say(BIG, give("90"), after=adam)
    third = await talk.say("credit her with some", lambda r: plan(
        Call(action="saas.apply_credit", arguments={"customer_id": handle("@customer1")})), after=berta)  # fmt: skip
    assert third.state == "asked"
    assert third.question is not None
    amir = talk.harness.people["amir"]
    assert adam.question is not None
    await talk.harness.decisions.answer(amir, adam.id, adam.question.slot, choice="1")
    await talk.harness.job(adam.id)
    await talk.harness.decisions.answer(amir, third.id, third.question.slot, text="70 euros")
    answered = await talk.harness.job(third.id)
    assert params(answered)["customer_id"] == 3, "Berta, as when it was said; not Adam, whom @customer1 would now be"


async def test_twenty_turns_keep_the_prompt_bounded(talk: Talk) -> None:
    long = f"{BIG} {'because of the outage ' * 100}"
    first = last = await talk.say(long, give("90"))
    sizes: list[int] = []
    for at in range(20):
        last = await talk.say(f"{long}{at}", give("90"), after=last)
        sizes.append(len(talk.script.prompts[-1]))
    assert len(talk.script.asked[-1].thread) == MOST_TURNS
    assert all(len(turn.words) <= 200 for turn in talk.script.asked[-1].thread)
    assert last.thread_id == first.id
    assert max(sizes) - sizes[0] < MOST_TURNS * 1000
    assert sizes[-1] - sizes[MOST_TURNS] < 20, "it grows no more"


# ── correcting ───────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_correction_takes_the_place_of_the_card_and_always_waits(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    says: Says = lambda r: plan(credit(handle("@customer1"), r, "20"), replaces=("@call1",))  # noqa: E731
    second = await talk.say("make that 20", says, after=first)
    assert second.state == "held", "20 euros alone are done at once"
    assert second.plan is not None
    assert second.plan.held == ("It takes the place of an earlier card, so it waits for a yes.",)
    over = await talk.harness.run(first.id)
    assert (over.state, over.reason) == ("rejected", "Corrected: make that 20")
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
    assert "“Give a customer credit” was confirmed already; this comes on top of it." in second.plan.held
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


# ── taking back ──────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── whose thread it is ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_nobody_goes_on_from_a_thread_of_somebody_else_not_even_an_owner(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    for person in ("ada", "sara", "olivia"):
        with pytest.raises(NotFound):
            await talk.say("make that 20", give("20"), after=first, person=person)
    with pytest.raises(NotFound):
        await talk.say("make that 20", give("20"), after=first, surface="writing")
    with pytest.raises(NotFound):
        await talk.say("x", give("20"), after=first.with_(id="run_00000000000000000000000000"))


async def test_handles_of_another_person_another_role_or_another_mode_are_not_there(talk: Talk) -> None:
    """A thread that was named by hand in the store gives nothing away either: what is read are one's own runs in it."""
    first = await talk.say(BIG, give("90"))
    amir = talk.harness.people["amir"]
    others = {
        "ada": talk.harness.people["ada"],
        "amir in another role": replace(amir, role="billing"),
        "a test key of amir's": replace(amir, kind="key", mode="test"),
    }
    async with talk.harness.database.read() as session:
        for who, actor in others.items():
            run = first.with_(id="run_9", actor=actor, mode=actor.mode, thread_id=first.id,
                              created_at=talk.harness.clock())  # fmt: skip
            assert await talk.harness.planner._earlier(session, run, actor) == (), who
        own = first.with_(id="run_9", thread_id=first.id)
        assert [each.id for each in await talk.harness.planner._earlier(session, own, amir)] == [first.id]


async def test_a_record_out_of_the_askers_reach_is_not_reached_by_its_handle(talk: Talk) -> None:
    first = await talk.say(BIG, give("90"))
    del talk.harness.platform.rows["customer"][2]
    second = await talk.say("and 80 more", lambda r: plan(credit(handle("@customer1"), r, "80")), after=first)
    assert second.state == "asked"


async def test_what_was_offered_is_a_set_that_an_answer_may_be_chosen_from(talk: Talk) -> None:
    first = await talk.say("credit Adam 60", lambda r: plan(credit(named(r, "customer", "Adam"), r, "60")))
    assert first.question is not None
    assert all(isinstance(each, Candidate) for each in first.question.candidates)
    chosen = "the one called Nowak, with 60"
    second = await talk.say(
        chosen,
        lambda r: plan(
            credit(
                RecordArgument(reference=Find(record="customer", said=words(r, "Nowak"), among="@choices1")), r, "60"
            )
        ),
        after=first,
    )
    assert "asked for customer_id, offering @choices1 (2 of kind customer)" in talk.script.asked[-1].thread[0].came
    assert second.state in ("asked", "held")
    assert second.plan is None or params(second)["customer_id"] == 2
