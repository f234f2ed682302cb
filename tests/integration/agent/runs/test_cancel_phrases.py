"""A person who is asked may take the request back in words, wherever they type them."""

from __future__ import annotations

import pytest

from agent.pipeline import Refusal
from agent.runs.cancel_phrases import is_cancellation
from agent.runs.run import Run
from tests.integration.agent.agent_harness import UNCLEAR, AgentHarness


async def answered(bureau: AgentHarness, text: str) -> Run | Refusal:
    run = await bureau.ask("amir", UNCLEAR)
    assert run.question is not None
    return await bureau.decisions.answer(bureau.people["amir"], run.id, run.question.slot, text=text)


@pytest.mark.parametrize("words", ["never mind", "Never mind, drop it.", "nevermind", "Forget it!"])
async def test_never_mind_ends_the_run_and_is_its_reason_and_nothing_is_sent(bureau: AgentHarness, words: str) -> None:
    run = await answered(bureau, words)
    assert isinstance(run, Run)
    assert (run.state, run.reason) == ("rejected", words)
    assert (await bureau.kinds(run.id))[-1] == "rejected"
    assert not await bureau.calls(run.id)


@pytest.mark.parametrize("words", ["20 EUR", "never mind the amount, 20 EUR", "Minda", "cancel", "stop"])
def test_an_answer_that_says_more_or_else_is_an_answer(words: str) -> None:
    assert not is_cancellation(words)


async def test_a_question_that_is_no_longer_open_is_not_answered_by_taking_back(bureau: AgentHarness) -> None:
    run = await bureau.ask("amir", UNCLEAR)
    assert run.question is not None
    refused = await bureau.decisions.answer(bureau.people["amir"], run.id, "0.other", text="never mind")
    assert isinstance(refused, Refusal)
    assert (await bureau.run(run.id)).state == "asked"
