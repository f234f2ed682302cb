"""Questions about the conversation itself are answered from its runs, and a question about records stays one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agent.pipeline import Abstain, CallOutcome, Plan, Proposed, Refusal, Reply, Resolved, Trace
from agent.planning.proposal import ActionAnswer, AnswerResult, Proposal
from agent.planning.task import Outcome
from agent.planning.thread import NO_THREAD, Thread
from agent.planning.thread_answers import read_thread_question, tell_of_thread
from agent.planning.typed_answers import plan_in_thread
from agent.runs.run import Run
from tests.unit.agent.planning.test_other_choices import talk


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("did that go through?", "what was done"),
        ("has it worked", "what was done"),
        ("what did I just do?", "what was done"),
        ("what happened", "what was done"),
        ("has that gone out?", "what was done"),
        ("what was it I asked for", "what was done"),
        ("why?", "why"),
        ("how come?", "why"),
        ("why is it held", "why"),
        ("what is still waiting?", "what waits"),
        ("anything left to confirm?", "what waits"),
        ("which cards are waiting for me", "what waits"),
        ("what is open?", None),
        ("did Ada pay?", None),
        ("is it paid?", None),
        ("what did I do on Monday", None),
        ("which tasks are waiting?", None),
        ("do it", None),
        ("that is done", None),
    ],
)
def test_only_words_of_the_conversation_ask_about_it(text: str, about: str | None) -> None:
    assert read_thread_question(text) == about


async def told(question: str, *turns: str, **became: object) -> Outcome:
    """What a question comes to after requests of which the last ``became`` something."""
    runs, _ = await talk("hotel", *turns)
    runs[-1] = runs[-1].with_(**became)
    about = read_thread_question(question)
    assert about is not None
    made = tell_of_thread(about, runs, [run for run in runs if run.state == "held"])
    return Outcome(made or Abstain(reason="nothing_fits", detail="None."))


def text_of(outcome: Outcome) -> str:
    assert isinstance(outcome.verdict, Reply), outcome.verdict
    return outcome.verdict.text


CARD = "cancel booking 5009"


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("held", "This waits for a yes, and nothing of it was sent yet: "),
        ("succeeded", "This was done: "),
        ("rejected", "This was dropped, and nothing was sent: "),
        ("expired", "Nobody confirmed this in time, and nothing was sent: "),
        ("unknown", "Whether this happened is not known yet: "),
    ],
)
async def test_what_became_of_the_last_request_is_told(state: str, says: str) -> None:
    said = text_of(await told("did that go through?", CARD, state=state))
    assert said.startswith(says)
    assert "5009" in said


async def test_words_that_came_to_nothing_since_are_no_answer_to_what_was_done() -> None:
    runs, outcome = await talk("hotel", CARD, "the cot is new", "did that go through?")
    assert [run.state for run in runs[:2]] == ["held", "abstained"]
    assert text_of(outcome).startswith("This waits for a yes")


async def test_why_something_failed_is_told_with_it() -> None:
    runs, _ = await talk("hotel", CARD)
    call = runs[-1].plan.steps[0].call_id if isinstance(runs[-1].plan, Plan) else ""
    failed = CallOutcome(call_id=call, state="failed", detail="The room is taken.")
    assert text_of(await told("did it work?", CARD, state="failed", outcomes=(failed,))).endswith("The room is taken.")
    assert text_of(await told("why?", CARD, state="failed", outcomes=(failed,))) == "The room is taken."


async def test_why_a_card_waits_and_why_nothing_was_done_are_told() -> None:
    assert "is always confirmed" in text_of(await told("why?", CARD))
    refused = Refusal(code="no_match", detail="Nobody may do that.")
    assert text_of(await told("why", CARD, state="abstained", refusal=refused)) == "Nobody may do that."
    assert isinstance((await told("why?", CARD, state="succeeded")).verdict, Abstain)


async def test_cards_that_wait_are_listed_and_none_is_said_to_be_none() -> None:
    said = text_of(await told("what is still waiting?", CARD, "cancel booking 5010"))
    assert said.startswith("2 cards wait for your yes: ")
    assert "5009" in said
    assert "5010" in said
    assert text_of(await told("what is waiting?", CARD, state="rejected")) == "Nothing waits for your yes."


async def test_who_may_do_that_is_about_the_card() -> None:
    runs, outcome = await talk("hotel", CARD, "who may do that?")
    assert text_of(outcome) == "Owners and admins may: “Cancel a booking”."
    assert isinstance(runs[0], Run)


async def test_a_yes_where_nothing_waits_says_what_was_done() -> None:
    _, outcome = await talk("hotel", "yes")
    assert isinstance(outcome.verdict, Abstain)


@pytest.mark.parametrize(
    ("question", "action", "says"),
    [
        ("did it go out?", "hotel.cancel_booking", "This was done: "),
        ("does it need a yes?", "hotel.waive_charge", ""),
        ("does cancelling a booking need a yes?", "hotel.cancel_booking", ""),
    ],
)
async def test_whether_the_last_call_is_confirmed_is_told_of_the_call(question: str, action: str, says: str) -> None:
    """A model has no other words for it than those for what its action is like."""
    runs, _ = await talk("hotel", CARD)
    done = runs[-1].with_(state="succeeded")
    general = Reply(text="Yes, “Cancel a booking” is confirmed always.")
    answer = AnswerResult(answer=ActionAnswer(action=action, asks="is it confirmed"))
    read = Resolved(resolution=Proposed(proposal=Proposal(understood="", result=answer)), trace=Trace(resolver="model"))

    async def propose(run: Run, earlier: Sequence[Run]) -> tuple[Thread, Outcome]:
        return NO_THREAD, Outcome(general, read)

    asked = done.with_(id="run_00000000000000000000000009", text=question, plan=None, state="resolving")
    _, outcome = await plan_in_thread(asked, [done], propose)
    assert text_of(outcome).startswith(says or general.text)
