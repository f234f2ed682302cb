"""Threads: follow-ups, from what earlier requests of the same person said and led to, and whose they are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Candidate
from agent.planning.proposal import AnswerResult as Answers
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    Call,
    Find,
    HelpAnswer,
    Number,
    RecordArgument,
    RecordsAnswer,
    Words,
)
from agent.planning.proposal import ComputedArgument as Sum
from agent.planning.thread import MOST_TURNS
from core.errors import NotFound
from tests.integration.agent.planning.talk import BIG, Says, Talk, credit, give, handle, named, params, plan, words


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
            assert await talk.harness.planner._list_earlier(session, run, actor) == (), who
        own = first.with_(id="run_9", thread_id=first.id)
        assert [each.id for each in await talk.harness.planner._list_earlier(session, own, amir)] == [first.id]


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
