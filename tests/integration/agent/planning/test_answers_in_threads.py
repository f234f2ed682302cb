"""A request of a thread in which a question is open: words that say nothing by themselves answer it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from tests.integration.agent.agent_harness import AgentHarness, open_harness


@pytest.fixture
async def harness(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[AgentHarness]:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    async with open_harness(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}", RuleResolver()) as made:
        yield made


async def say(harness: AgentHarness, text: str, after: Run | None = None, person: str = "amir") -> Run:
    harness.clock.advance(seconds=1)
    thread = after.id if after is not None else None
    run = await harness.run_service.ask(harness.people[person], text, session_id="s1", thread_id=thread)
    return await harness.job(run.id)


@pytest.mark.parametrize(
    ("words", "kept"),
    [("the second one", "the second one"), ("Nowak", "Adam Nowak"), ("Adam Nowak, please", "Adam Nowak")],
)
async def test_words_that_only_answer_are_an_answer_and_the_run_takes_the_place_of_the_one_that_asked(
    harness: AgentHarness, words: str, kept: str
) -> None:
    asked = await say(harness, "give Adam 20 credit")
    assert asked.state == "asked"
    answered = await say(harness, words, asked)
    assert answered.plan is not None, answered.question or answered.refusal
    assert [each.value for each in answered.plan.steps[0].filled if each.param == "customer_id"] == [2]
    assert (answered.text, answered.answers[-1].text or answered.answers[-1].label) == ("give Adam 20 credit", kept)
    before = await harness.run(asked.id)
    assert (before.state, before.replaced_by, before.reason) == ("rejected", answered.id, f"Answered: {kept}")


async def test_words_that_stand_alone_leave_the_question_open(harness: AgentHarness) -> None:
    asked = await say(harness, "give Adam 20 credit")
    other = await say(harness, "give Berta Lind 20 credit", asked)
    assert other.plan is not None
    assert (await harness.run(asked.id)).state == "asked"


async def test_a_no_drops_the_request_that_asked(harness: AgentHarness) -> None:
    asked = await say(harness, "give Adam 20 credit")
    dropped = await say(harness, "no, never mind", asked)
    assert dropped.reply is not None
    assert dropped.reply.text == "All right, that is dropped; nothing was done."
    assert (await harness.run(asked.id)).state == "rejected"


async def test_an_answer_that_is_a_request_is_what_the_run_is_about_from_then_on(harness: AgentHarness) -> None:
    asked = await say(harness, "give Adam 20 credit")
    assert asked.question is not None
    await harness.decisions.answer(harness.people["amir"], asked.id, asked.question.slot, text="close ticket 5519")
    run = await harness.job(asked.id)
    assert (run.text, run.answers, run.actions) == ("close ticket 5519", (), ("saas.close_ticket",))
    assert [kind for kind in await harness.kinds(run.id) if kind in ("prompt", "answered")] == ["prompt", "answered"]


@pytest.mark.parametrize("words", ["actually only 20 of it", "just 20 of that, please"])
async def test_a_part_of_what_a_card_takes_replaces_it(harness: AgentHarness, words: str) -> None:
    card = await say(harness, "refund INV-1012", person="oscar")
    assert card.state == "held", card.question or card.refusal
    less = await say(harness, words, card, person="oscar")
    assert less.plan is not None, less.question or less.refusal
    assert [each.value for each in less.plan.steps[0].filled if each.param == "amount"] == [2000]
    assert (await harness.run(card.id)).replaced_by == less.id


async def test_a_card_may_be_corrected_again(harness: AgentHarness) -> None:
    card = await say(harness, "give Berta Lind 90 credit")
    second = await say(harness, "no, for Adam Novak", card)
    assert second.plan is not None, second.question or second.refusal
    third = await say(harness, "no, for Berta Lind", second)
    assert third.plan is not None, third.question or third.refusal
    assert (await harness.run(second.id)).replaced_by == third.id


@pytest.mark.parametrize("words", ["no", "Nope.", "no, thanks", "cancel", "no, keep it"])
async def test_a_no_below_a_card_drops_it(harness: AgentHarness, words: str) -> None:
    card = await say(harness, "refund INV-1012", person="oscar")
    between = await say(harness, "which tickets are open?", card, person="oscar")
    said = await say(harness, words, between, person="oscar")
    assert said.reply is not None, said.refusal
    assert said.reply.text == "All right, that is dropped; nothing was done."
    assert (await harness.run(card.id)).state == "rejected"


@pytest.mark.parametrize("words", ["yes", "OK, go ahead", "send it", "wait", "hold on"])
async def test_a_yes_below_a_card_says_where_it_is_confirmed(harness: AgentHarness, words: str) -> None:
    card = await say(harness, "refund INV-1012", person="oscar")
    said = await say(harness, words, card, person="oscar")
    assert said.reply is not None, said.refusal
    assert said.reply.text == "The card above waits for you: confirm it there. Nothing was sent yet."
    assert (await harness.run(card.id)).state == "held"


async def test_a_yes_where_no_card_waits_is_none(harness: AgentHarness) -> None:
    card = await say(harness, "refund INV-1012", person="oscar")
    await harness.decisions.reject(harness.people["oscar"], card.id)
    said = await say(harness, "yes", card, person="oscar")
    assert said.reply is not None
    assert said.reply.text.startswith("This was dropped, and nothing was sent: ")


async def test_what_waits_is_told_over_all_threads_of_the_person_and_of_nobody_else(harness: AgentHarness) -> None:
    await say(harness, "refund INV-1012", person="olivia")
    card = await say(harness, "refund INV-1012", person="olivia")
    assert card.state == "held", card.question or card.refusal
    await say(harness, "refund INV-1012", person="oscar")
    told = await say(harness, "what is still waiting?", person="olivia")
    assert told.reply is not None, told.refusal
    assert told.reply.values == ("2",)
    harness.clock.advance(days=30)
    later = await say(harness, "what is still waiting?", person="olivia")
    assert later.reply is not None
    assert later.reply.text == "No waiting tickets."  # where no card waits, it is a question about records


async def test_an_order_behind_a_no_withdraws_the_card(harness: AgentHarness) -> None:
    card = await say(harness, "refund INV-1012", person="olivia")
    other = await say(harness, "no, give Berta Lind 20 credit", card, person="olivia")
    assert other.state == "held", other.question or other.refusal
    before = await harness.run(card.id)
    assert (before.state, before.replaced_by) == ("rejected", other.id)
