"""Words that continue what was said before find their parameter by its type, and wait for a person."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Reply
from agent.planning import unplaced_answers
from agent.planning.propose import CORRECTED_LATE
from agent.planning.task import CORRECTED
from agent.planning.unplaced_answers import _list_typed, strip_beside
from agent.resolve.rules.grammar.earlier_calls import comes_on_top
from agent.runs.run import Run
from tests.unit.agent.planning.test_orders_instead import answered
from tests.unit.agent.planning.test_other_choices import talk, values
from tests.unit.own_worlds import world


@pytest.mark.parametrize("words", ["no, Kemi", "sorry, meant Kemi", "Kemi, sorry", "i mean kemi ade"])
async def test_a_name_takes_the_place_of_the_one_on_the_card(words: str) -> None:
    runs, outcome = await talk("hotel", "assign the pillows to Pedro", words)
    assert values(outcome) == {"task_id": 65, "staff_id": 43}
    assert outcome.withdrawal.runs == (runs[0].id,)
    assert isinstance(outcome.verdict, Plan)
    assert outcome.verdict.held


async def test_what_comes_on_top_leaves_the_card() -> None:
    _, outcome = await talk("garage", "ingrid takes the panda", "and the focus")
    assert values(outcome) == {"job_id": 807, "mechanic_id": 2}
    assert outcome.withdrawal.runs == ()
    assert isinstance(outcome.verdict, Plan)
    assert outcome.verdict.held


@pytest.mark.parametrize(
    "words", ["thanks", "the cot is new", "not Kemi", "unless Kemi is in", "the others", "is it Kemi?"]
)
async def test_words_that_say_more_or_less_than_a_value_leave_the_card(words: str) -> None:
    _, outcome = await talk("hotel", "assign the pillows to Pedro", words)
    assert not isinstance(outcome.verdict, Plan)
    assert outcome.withdrawal.runs == ()


async def test_an_answer_that_is_none_may_say_another_value_of_the_call() -> None:
    asked, outcome = await answered("hotel", "charge booking 5008 40 euro", "make it 45 euro")
    made = outcome.verdict
    assert isinstance(made, Question)
    assert (made.slot, outcome.answers and outcome.answers[-1].slot) == (asked.slot, "0.amount")
    assert "Amount" in made.text
    assert outcome.hold  # a card shows it, whatever the answer


async def test_a_question_about_the_thread_leaves_the_question_open() -> None:
    asked, outcome = await answered("hotel", "charge booking 5008 40 euro", "did that work?")
    assert isinstance(outcome.verdict, Question)
    assert outcome.verdict.text == f"Nothing of it was done yet. {asked.text}"


def test_what_says_that_it_is_one_more_is_no_part_of_the_value() -> None:
    assert strip_beside("the same again on Friday") == "on Friday"
    assert strip_beside("also for Ada") == "Ada"
    assert strip_beside("ok and Ada too, please") == "Ada"
    assert all(map(comes_on_top, ("and Ada", "ok and Ada", "Ada too", "Ada as well")))
    assert not any(map(comes_on_top, ("Ada", "no, Ada", "ok Ada", "Ada is as good")))
    assert not comes_on_top("and Ada instead")


async def test_a_correction_says_that_it_corrects() -> None:
    _, outcome = await talk("hotel", "assign the pillows to Pedro", "no, Kemi")
    assert isinstance(outcome.verdict, Plan)
    assert CORRECTED in outcome.verdict.held


async def test_what_was_sent_stands_and_the_card_says_so() -> None:
    def settle(run: Run) -> Run:
        return run.with_(state="succeeded") if run.state == "held" else run

    _, outcome = await talk("hotel", "extend noor's stay to friday week", "sorry, meant priya", after=settle)
    assert values(outcome)["booking_id"] == 5005
    assert outcome.withdrawal.runs == ()
    assert isinstance(outcome.verdict, Plan)
    assert "“Extend a stay” was sent already and stands; this comes on top of it." in outcome.verdict.held
    read = [each for each in outcome.verdict.held if "was read as" in each]
    assert len(read) == 1
    assert read[0].startswith("‘priya’ was read as “")
    assert "Priya" in read[0].partition(": ")[2]
    _, nothing = await talk("lending", "renew loan 502 by 5 days", "no 14", after=settle)
    assert not isinstance(nothing.verdict, Plan), "a number of what was sent can't be said anew"


async def test_words_are_tried_for_no_more_parameters_than_a_person_waits_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unplaced_answers, "MOST_TRIED", 0)
    _, outcome = await talk("hotel", "assign the pillows to Pedro", "no, Kemi")
    assert not isinstance(outcome.verdict, Plan)
    assert outcome.withdrawal.runs == ()


async def test_a_bare_name_takes_the_place_of_the_one_on_the_card_and_asks_who_it_is_where_none_waits() -> None:
    runs, outcome = await talk("garage", "ingrid takes the panda", "bruno")
    assert values(outcome) == {"job_id": 803, "mechanic_id": 1}
    assert outcome.withdrawal.runs == (runs[0].id,)

    def settle(run: Run) -> Run:
        return run.with_(state="succeeded") if run.state == "held" else run

    _, told = await talk("garage", "ingrid takes the panda", "bruno", after=settle)
    assert isinstance(told.verdict, Reply)


@pytest.mark.parametrize(("words", "days"), [("6 not 4", 6), ("6, not 4", 6), ("make it 6 and not 4", 6)])
async def test_a_value_that_was_said_before_and_is_denied_is_left_out_of_a_correction(words: str, days: int) -> None:
    _, outcome = await talk("garage", "extend greta's courtesy car by 4 days", words)
    assert values(outcome)["days"] == days
    assert isinstance(outcome.verdict, Plan)
    assert outcome.verdict.held


async def test_what_is_denied_and_was_never_said_stays_a_part_of_the_words() -> None:
    _, outcome = await talk("garage", "extend greta's courtesy car by 4 days", "6 not 9")
    assert not isinstance(outcome.verdict, Plan)


async def test_what_is_to_be_done_besides_is_no_answer_to_what_is_asked() -> None:
    asked, outcome = await answered("garage", "order brake pads", "and wiper blades too")
    assert isinstance(outcome.verdict, Question)
    assert "was read as" not in outcome.verdict.text
    assert outcome.verdict.slot == asked.slot


async def test_a_correction_of_a_corrected_card_corrects_nothing_that_was_decided() -> None:
    runs, outcome = await talk("hotel", "assign the pillows to Pedro", "no, Kemi", "Pedro")
    assert isinstance(outcome.verdict, Plan)
    assert outcome.withdrawal.runs == (runs[1].id,)
    assert CORRECTED in outcome.verdict.held
    assert CORRECTED_LATE not in outcome.verdict.held


def test_a_bare_number_is_a_number_before_it_is_a_record() -> None:
    renew = world("lending").catalogue.get("lending.renew_loan")
    assert renew is not None
    assert [*_list_typed(renew, "503")] == ["days"]
    assert [*_list_typed(renew, "loan 503")] == ["loan_id", "days"]
