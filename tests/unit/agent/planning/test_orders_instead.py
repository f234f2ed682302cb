"""An order in place of the card or of the record that was spoken of: "no, move it to Sage", "set it to low instead"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from agent.pipeline import Answer, Plan, Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import CORRECTED, Outcome, Task, make_task
from agent.planning.thread import Thread, build_thread
from agent.planning.typed_answers import plan_in_thread
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from tests.unit.agent.planning.test_other_choices import talk, values
from tests.unit.own_worlds import NOW, OWNER, world


@pytest.mark.parametrize("words", ["no, move it to room Sage", "No, move it to room Sage.", "move it to Sage instead"])
async def test_an_order_after_a_no_takes_the_place_of_the_card(words: str) -> None:
    runs, outcome = await talk("hotel", "cancel booking 5009", words)
    assert values(outcome) == {"booking_id": 5009, "room_id": 102}
    assert outcome.withdrawal.runs == (runs[0].id,)
    assert isinstance(outcome.verdict, Plan)
    assert CORRECTED in outcome.verdict.held


@pytest.mark.parametrize(
    "words",
    [
        "move it to room Sage",
        "also move it to room Sage",
        "actually, assign task 61 to Kemi",
        "no problem, assign task 61 to Kemi",
    ],
)
async def test_an_order_besides_leaves_the_card(words: str) -> None:
    _, outcome = await talk("hotel", "cancel booking 5009", words)
    assert outcome.withdrawal.runs == ()


@pytest.mark.parametrize("words", ["actually no", "hm, no", "wait, no", "none of them"])
async def test_a_no_behind_a_hesitation_drops_the_card(words: str) -> None:
    runs, outcome = await talk("hotel", "waive charges 9001 and 9002", words)
    assert outcome.withdrawal.runs == (runs[0].id,)
    assert isinstance(outcome.verdict, Reply)


async def test_a_question_about_what_is_ordered_instead_takes_the_place_of_the_card_too() -> None:
    runs, outcome = await talk("vet", "cancel visit 701", "no, remind Tomasz of his bill")
    assert isinstance(outcome.verdict, Question), outcome.verdict
    assert outcome.withdrawal.runs == (runs[0].id,)
    assert outcome.hold == CORRECTED


async def test_what_happens_to_the_thing_spoken_of_names_no_other_record() -> None:
    """The booking in that room is another one; "it" is the one on the card."""
    _, outcome = await talk("hotel", "cancel booking 5012", "put it in room Basil")
    made = outcome.verdict
    assert not isinstance(made, Plan) or {each.value for each in made.steps[0].filled} >= {5012}


async def answered(name: str, text: str, words: str) -> tuple[Question, Outcome]:
    """The question that a request leads to, and what comes of words typed as its answer."""
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    asked = await propose(task, RuleResolver())
    assert isinstance(asked.verdict, Question), asked.verdict
    answers = (Answer(slot=asked.verdict.slot, text=words),)
    request = task.request.model_copy(update={"answers": answers})
    return asked.verdict, await propose(replace(task, request=request, proposal=asked.proposal), RuleResolver())


async def test_it_under_a_question_is_the_record_that_cannot_be_taken() -> None:
    asked, outcome = await answered("garage", "refund R-5102", "no, send it again")
    assert asked.about == ("invoice", "902")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert outcome.verdict.steps[0].action == "garage.resend_invoice"
    assert {each.value for each in outcome.verdict.steps[0].filled} == {902}


async def test_what_shall_be_done_with_that_record_names_no_other_one() -> None:
    """Ingrid has a job that could be cancelled; "put Ingrid on it" is not about that one."""
    _, outcome = await answered("garage", "cancel job 808", "no, put Bruno on it")
    made = outcome.verdict
    assert not isinstance(made, Plan) or made.steps[0].action != "garage.cancel_job"


async def test_a_place_means_nothing_where_no_list_was_shown() -> None:
    _, outcome = await answered("garage", "refund R-5102", "no, the third")
    assert isinstance(outcome.verdict, Question)
    assert "‘no, the third’ doesn't answer this." in outcome.verdict.text


async def test_a_place_is_one_of_the_list_that_was_shown() -> None:
    runs, asked = await talk("garage", "list invoices of Owen Price", "refund the first one")
    assert isinstance(asked.verdict, Question)
    assert asked.verdict.about == ("invoice", "904")
    task = make_task(runs[-1], world("garage"), (), thread=build_thread(runs[:-1], world("garage").catalogue))
    for words, comes in (("no, the second one", Plan), ("no, the third one", Question)):
        answers = (Answer(slot=asked.verdict.slot, text=words),)
        request = task.request.model_copy(update={"answers": answers})
        made = await propose(replace(task, request=request, proposal=asked.proposal), RuleResolver())
        assert isinstance(made.verdict, comes), made.verdict


async def test_the_record_itself_answers_whose_it_is_and_waits() -> None:
    asked, outcome = await answered("garage", "resend Marcus's last invoice", "R-5103")
    assert asked.slot == "0.invoice_id/customer"
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {each.value for each in outcome.verdict.steps[0].filled} == {903}
    assert outcome.verdict.held
    _, other = await answered("garage", "resend Marcus's last invoice", "R-9999")
    assert isinstance(other.verdict, Question)


@pytest.mark.parametrize("words", ["yes", "ok, go ahead", "no thanks", "hold on"])
async def test_a_bare_yes_or_no_to_a_card_asks_no_model(words: str) -> None:
    """What it means stands in the thread, so that nobody waits for a model or gets the card anew."""
    runs, _ = await talk("hotel", "cancel booking 5009", "cancel booking 5012")
    card = runs[0]

    async def propose_nothing(run: Run, earlier: Sequence[Run]) -> tuple[Thread, Outcome]:
        raise AssertionError(run.text)

    asked = card.with_(id="run_00000000000000000000000009", text=words, state="resolving", plan=None)
    _, outcome = await plan_in_thread(asked, [card], propose_nothing)
    assert isinstance(outcome.verdict, Reply)
