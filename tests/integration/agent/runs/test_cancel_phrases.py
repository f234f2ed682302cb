"""A person who is asked may take the request back in words, wherever they type them."""

from __future__ import annotations

import pytest

from agent.pipeline import Candidate, Question, QuestionCode, Refusal
from agent.runs.answer_phrases import is_cancellation
from agent.runs.run import Run
from tests.integration.agent.agent_harness import CREDIT, UNCLEAR, AgentHarness


async def answered(harness: AgentHarness, text: str) -> Run | Refusal:
    run = await harness.ask("amir", UNCLEAR)
    assert run.question is not None
    return await harness.decisions.answer(harness.people["amir"], run.id, run.question.slot, text=text)


@pytest.mark.parametrize(
    "words",
    [
        "never mind",
        "Never mind, drop it.",
        "nevermind",
        "Forget it!",
        "stop",
        "Cancel that.",
        "I don’t want to anymore",
    ],
)
async def test_never_mind_ends_the_run_and_is_its_reason_and_nothing_is_sent(harness: AgentHarness, words: str) -> None:
    run = await answered(harness, words)
    assert isinstance(run, Run)
    assert (run.state, run.reason) == ("rejected", words)
    assert (await harness.kinds(run.id))[-1] == "rejected"
    assert not await harness.calls(run.id)


@pytest.mark.parametrize("words", ["20 EUR", "never mind the amount, 20 EUR", "Minda", "cancel the plan", "non-stop"])
def test_an_answer_that_says_more_or_else_is_an_answer(words: str) -> None:
    assert not is_cancellation(words)


async def test_a_question_that_is_no_longer_open_is_not_answered_by_taking_back(harness: AgentHarness) -> None:
    run = await harness.ask("amir", UNCLEAR)
    assert run.question is not None
    refused = await harness.decisions.answer(harness.people["amir"], run.id, "0.other", text="never mind")
    assert isinstance(refused, Refusal)
    assert refused.detail.startswith("This run has asked no such question.")
    assert (await harness.run(run.id)).state == "asked"


async def asked_about_the_rest(harness: AgentHarness) -> Run:
    run = await harness.ask("amir", CREDIT, ("also Hugo's", "", {}))
    assert run.question is not None
    assert run.question.slot == "rest"
    return run


@pytest.mark.parametrize("words", ["no", "Nope", "nein"])
async def test_a_no_to_the_rest_ends_the_run_and_nothing_is_sent(harness: AgentHarness, words: str) -> None:
    run = await asked_about_the_rest(harness)
    done = await harness.decisions.answer(harness.people["amir"], run.id, "rest", text=words)
    assert isinstance(done, Run)
    assert (done.state, done.reason) == ("rejected", words)
    assert not harness.signed_client.posted


@pytest.mark.parametrize("words", ["what?", "why", "40 EUR", "who is that"])
async def test_other_words_to_the_rest_ask_again_and_send_nothing(harness: AgentHarness, words: str) -> None:
    run = await asked_about_the_rest(harness)
    await harness.decisions.answer(harness.people["amir"], run.id, "rest", text=words)
    again = await harness.job(run.id)
    assert again.state == "asked"
    assert again.question is not None
    assert (again.question.slot, again.question.text.partition(".")[0]) == ("rest", f"‘{words}’ is neither yes nor no")
    assert not harness.signed_client.posted


async def test_a_yes_in_words_to_the_rest_does_the_rest(harness: AgentHarness) -> None:
    run = await asked_about_the_rest(harness)
    await harness.decisions.answer(harness.people["amir"], run.id, "rest", text="Yes, please")
    assert (await harness.job(run.id)).state in ("held", "succeeded")


def question(code: QuestionCode, *labels: str) -> Question:
    offered = tuple(Candidate(id=str(at), label=label, detail="") for at, label in enumerate(labels))
    return Question(slot="0.x", code=code, text="Which?", candidates=offered)


def test_a_no_ends_a_question_that_offers_choices_and_answers_one_that_wants_a_value() -> None:
    assert is_cancellation("No.", question("ambiguous", "Ada", "Bo"))
    assert not is_cancellation("no", question("missing"))
    assert not is_cancellation("no, Ada", question("ambiguous", "Ada", "Bo"))


def test_what_a_candidate_is_called_is_an_answer() -> None:
    assert not is_cancellation("stop", question("missing", "Stop", "Go"))
    assert is_cancellation("stop", question("missing", "Halt", "Go"))
