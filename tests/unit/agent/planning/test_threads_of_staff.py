"""A conversation keeps its subject, whatever came of the last line, and no remark is made on words that were heeded."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Plan, Refusal, Reply
from agent.planning.task import CORRECTED, ON_TOP, Outcome
from agent.planning.thread import build_thread
from agent.planning.thread_answers import list_deeds, read_thread_question, tell_of_thread
from agent.runs.run import Run
from tests.unit.agent.planning.test_other_choices import talk, values
from tests.unit.own_worlds import world


def held(outcome: Outcome) -> tuple[str, ...]:
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    return outcome.verdict.held


async def test_one_more_as_well_leaves_the_card_of_the_first_one() -> None:
    _, outcome = await talk("hotel", "put a 12 euro minibar on priya's room", "noor as well")
    assert values(outcome)["booking_id"] == 5007
    assert outcome.withdrawal.runs == ()


@pytest.mark.parametrize("words", ["and noor", "same for noor"])
async def test_what_is_done_once_more_says_so_and_not_that_its_action_is_a_guess(words: str) -> None:
    _, outcome = await talk("hotel", "put a 12 euro minibar on priya's room", words)
    assert values(outcome)["booking_id"] == 5007
    assert ON_TOP in held(outcome)
    assert not any("don't name this action" in each for each in held(outcome))


async def test_a_corrected_amount_is_no_guess_at_an_action() -> None:
    _, outcome = await talk("hotel", "put a 12 euro minibar on priya's room", "no, make it 15")
    assert values(outcome)["amount"] == 1500
    assert CORRECTED in held(outcome)
    assert not any("don't name this action" in each for each in held(outcome))


@pytest.mark.parametrize("words", ["give it to kemi", "assign it to Kemi Ade", "assign the task to kemi"])
async def test_who_stands_behind_to_gets_what_was_spoken_of(words: str) -> None:
    _, outcome = await talk(
        "hotel", "any tasks open for 304?", words.replace("kemi", "pedro").replace("Kemi Ade", "Pedro Vance")
    )
    assert values(outcome) == {"task_id": 68, "staff_id": 42}


async def test_who_was_just_named_is_no_it() -> None:
    _, outcome = await talk("garage", "what's the year of the ford transit", "put tom on it")
    assert values(outcome) == {"job_id": 802, "mechanic_id": 3}


async def test_a_refused_order_is_said_anew() -> None:
    def refuse(run: Run) -> Run:
        return run.with_(state="refused") if run.state == "abstained" else run

    runs, outcome = await talk("garage", "move fatima's diagnosis to 1 december", "no, friday", after=refuse)
    assert runs[0].state == "refused", "it is on that day already"
    assert values(outcome) == {"job_id": 805, "day": "2026-11-27"}
    assert held(outcome), "it was read as an answer to what was refused"
    assert outcome.withdrawal.runs == ()


async def test_what_came_to_nothing_leaves_its_one_record_in_the_thread() -> None:
    runs, outcome = await talk("hotel", "hug jonas hart")
    assert isinstance(outcome.verdict, Abstain)
    assert outcome.verdict.named == ("guest", "2")
    refusal = Refusal(code="no_match", detail=outcome.verdict.detail, about=outcome.verdict.named)
    thread = build_thread([runs[0].with_(refusal=refusal)], world("hotel").catalogue)
    assert [*thread.records.values()] == [(("guest", "2"),)]
    assert thread.turns[0].idle, "nothing was done that may be taken back"


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("did both go through?", "what was done"),
        ("did he get it", "what was done"),
        ("what did I just move", "what was done"),
    ],
)
def test_what_was_done_may_be_asked_by_its_verb(text: str, about: str) -> None:
    assert read_thread_question(text, {"move"}) == about
    assert read_thread_question("what did I just sell", {"move"}) is None


async def test_several_runs_are_told_where_both_are_asked_about() -> None:
    runs, _ = await talk("vet", "book mousse in for friday, limping", "same for pixel")
    runs = [runs[0].with_(state="succeeded"), runs[1]]
    assert "visit" in list_deeds(runs)
    reply = tell_of_thread("what was done", runs, [], "did both go through?")
    assert isinstance(reply, Reply)
    assert "Mousse" in reply.text
    assert "Pixel" in reply.text
    last = tell_of_thread("what was done", runs, [], "did that go through?")
    assert last is not None
    assert "Mousse" not in last.text


@pytest.mark.parametrize("day", ["wed", "tues", "thurs", "sat", "sun"])
async def test_a_short_day_after_a_no_is_a_day(day: str) -> None:
    _, outcome = await talk("garage", "move fatima's diagnosis to 4 december", f"no, {day}")
    assert isinstance(outcome.verdict, Plan)
    assert values(outcome)["job_id"] == 805


async def test_hers_is_the_record_that_was_spoken_of() -> None:
    _, outcome = await talk("vet", "when's pepper in next", "move hers to monday")
    assert values(outcome)["visit_id"] == 701
