"""Calls that would change nothing are not planned: the person is told what is so already."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Draft, Plan, Refusal, SuppliedValue
from agent.planning.propose import propose
from agent.planning.task import CHEAP_ONLY, Outcome
from agent.planning.task import make_task as task_of
from agent.planning.thread import build_thread
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from core import ids
from tests.unit.choir import (
    CALL_OFF,
    GIVE_HALL,
    SET_SEATS,
    SET_VOICE,
    chosen,
    concert,
    make_task,
    singer,
    step,
    told,
)
from tests.unit.own_worlds import NOW, OWNER, Says, find, number, plan

ALL = (SET_VOICE, GIVE_HALL, SET_SEATS, CALL_OFF)


def planned(outcome: Outcome) -> list[dict[str, Any]]:
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    return [{each.param: each.value for each in step.filled} for step in outcome.verdict.steps]


def refused(outcome: Outcome) -> str:
    assert isinstance(outcome.verdict, Refusal), outcome.verdict
    assert outcome.verdict.code == "condition_unmet"
    return outcome.verdict.detail


def voice(name: str, value: str) -> dict[str, Any]:
    return step("set_voice", singer_id=singer(name), voice=chosen(value, value))


async def test_what_is_so_already_is_said_and_nothing_is_planned() -> None:
    made = await told(make_task("set Nell Brody to alto", *ALL), voice("Nell Brody", "alto"))
    assert refused(made) == "The voice of Nell Brody is alto already. Nothing was done."


async def test_what_is_not_so_yet_is_planned_and_needs_no_card_for_that() -> None:
    made = await told(make_task("set Nell Brody to tenor", *ALL), voice("Nell Brody", "tenor"))
    assert planned(made) == [{"singer_id": 1, "voice": "tenor"}]
    assert isinstance(made.verdict, Plan)
    assert made.verdict.held == ()


async def test_without_a_model_too() -> None:
    made = await propose(make_task("set the voice of Sam Ortiz to bass", *ALL), RuleResolver())
    assert refused(made) == "The voice of Sam Ortiz is bass already. Nothing was done."


async def test_a_record_that_another_one_has_already_is_named() -> None:
    task = make_task("give Spring Vespers the Old Mill", *ALL)
    made = await told(
        task, step("give_hall", concert_id=concert("Spring Vespers"), hall_id=find("hall", "the Old Mill"))
    )
    assert refused(made) == "The hall of Spring Vespers is Old Mill already. Nothing was done."


async def test_of_several_calls_only_those_that_change_something_stay_and_the_card_says_so() -> None:
    task = make_task("set Nell Brody to alto and Sam Ortiz to tenor", *ALL)
    made = await told(task, voice("Nell Brody", "alto"), voice("Sam Ortiz", "tenor"))
    assert planned(made) == [{"singer_id": 2, "voice": "tenor"}]
    assert isinstance(made.verdict, Plan)
    assert "The voice of Nell Brody is alto already. It is left out." in made.verdict.held
    assert made.verdict.approvals == 1


async def test_the_digest_is_of_the_calls_that_are_left() -> None:
    task = make_task("set Nell Brody to alto and Sam Ortiz to tenor", *ALL)
    some = (await told(task, voice("Nell Brody", "alto"), voice("Sam Ortiz", "tenor"))).verdict
    other = make_task("set Nell Brody to bass and Sam Ortiz to tenor", *ALL)
    both = (await told(other, voice("Nell Brody", "bass"), voice("Sam Ortiz", "tenor"))).verdict
    assert isinstance(some, Plan)
    assert isinstance(both, Plan)
    assert len(some.steps) == 1
    assert some.digest != both.digest


async def test_of_a_set_those_that_have_it_are_left_out() -> None:
    everybody = {**find("singer"), "pick": "all"}
    task = make_task("set all singers to alto", *ALL)
    made = await told(task, step("set_voice", singer_id=everybody, voice=chosen("alto", "alto")))
    assert planned(made) == [{"singer_id": 2, "voice": "alto"}]
    assert isinstance(made.verdict, Plan)
    left = "The voice of Nell Brody is alto already. The voice of Ines Roth is alto already. They are left out."
    assert left in made.verdict.held


async def test_a_number_that_it_has_already_is_compared_exactly() -> None:
    def seats(count: int) -> dict[str, Any]:
        return step("set_seats", concert_id=concert("Carol Night"), seats=number(count, str(count)), why=None)

    assert "seats of Carol Night are 60 already" in refused(
        await told(make_task("60 seats at Carol Night", *ALL), seats(60))
    )
    assert planned(await told(make_task("61 seats at Carol Night", *ALL), seats(61)))


async def test_a_call_that_says_something_besides_is_made() -> None:
    task = make_task("60 seats at Carol Night: the gallery is shut", *ALL)
    why = {"value": "the gallery is shut", "quote": "the gallery is shut"}
    made = await told(task, step("set_seats", concert_id=concert("Carol Night"), seats=number(60, "60"), why=why))
    assert planned(made) == [{"concert_id": 22, "seats": 60, "why": "the gallery is shut"}]


async def test_a_cached_copy_is_not_trusted_but_the_card_says_what_it_has() -> None:
    made = await told(make_task("set Nell Brody to alto", *ALL, kept=True), voice("Nell Brody", "alto"))
    assert planned(made) == [{"singer_id": 1, "voice": "alto"}]
    assert isinstance(made.verdict, Plan)
    assert made.verdict.held == ("The voice of Nell Brody is alto already, as of 24 Nov 2026, 08:30 UTC.",)


async def test_words_that_nothing_reads_are_said_beside_it() -> None:
    made = await told(make_task("Sam Ortiz sings bass", *ALL), voice("Sam Ortiz", "bass"))
    said = "Nothing was done. Check that nothing is missing: you also wrote ‘sings’."
    assert refused(made) == f"The voice of Sam Ortiz is bass already. {said}"


async def test_a_call_given_as_data_is_made_again() -> None:
    def given(value: Any, at: str) -> SuppliedValue:
        return SuppliedValue(value=value, by="api", pointer=f"/{at}", ref="key_1")

    draft = Draft(
        action="choir.set_voice",
        version=1,
        given={"singer_id": given(1, "singer_id"), "voice": given("alto", "voice")},
    )
    task = make_task("set voice", *ALL, drafts=(draft,))
    given_task = task.__class__(**{**vars(task), "request": task.request.model_copy(update={"given": "api"})})
    made = await propose(given_task, RuleResolver())
    assert planned(made) == [{"singer_id": 1, "voice": "alto"}]
    assert isinstance(made.verdict, Plan)
    assert made.verdict.held == ()


async def test_an_edited_card_stays_a_card() -> None:
    made = await told(
        make_task("set Nell Brody to alto", *ALL, must_wait="It was changed."), voice("Nell Brody", "alto")
    )
    assert planned(made) == [{"singer_id": 1, "voice": "alto"}]
    assert isinstance(made.verdict, Plan)
    assert made.verdict.held == ("The voice of Nell Brody is alto already.",)


async def in_thread(first: str, text: str, state: str, result: Any) -> Outcome:
    """What a model's answer to ``text`` comes to, after Nell was given another voice in the same conversation."""
    began = await told(make_task(first, *ALL), voice("Nell Brody", "tenor"))
    assert isinstance(began.verdict, Plan)
    context = make_task(text, *ALL).workspace_context
    shared: dict[str, Any] = {
        "workspace": OWNER.workspace, "session_id": "s1", "actor": OWNER, "surface": "admin", "now": NOW,
        "created_at": NOW, "updated_at": NOW,
    }  # fmt: skip
    earlier = Run(id=ids.make_id("run"), text=first, **shared).with_(
        state=state, plan=began.verdict, proposal=began.proposal
    )
    run = Run(id=ids.make_id("run"), text=text, thread_id=earlier.id, **shared)
    task = task_of(run, context, (), CHEAP_ONLY, build_thread([earlier], context.catalogue))
    return await propose(task, ProposingResolver(Says({"understood": "", "result": result, "rest": []})))


async def test_a_correction_back_to_what_is_so_takes_the_earlier_card_away() -> None:
    result = {**plan(voice("Nell Brody", "alto")), "replaces": ["@call1"]}
    made = await in_thread("set Nell Brody to tenor", "no, Nell Brody alto", "held", result)
    assert planned(made) == [{"singer_id": 1, "voice": "alto"}]
    assert made.withdrawal.runs
    assert isinstance(made.verdict, Plan)
    assert "The voice of Nell Brody is alto already." in made.verdict.held


async def test_a_correction_to_another_record_takes_the_earlier_card_away_too() -> None:
    result = {**plan(voice("Sam Ortiz", "bass")), "replaces": ["@call1"]}
    made = await in_thread("set Nell Brody to tenor", "no, Sam Ortiz to bass", "held", result)
    assert planned(made) == [{"singer_id": 2, "voice": "bass"}]
    assert made.withdrawal.runs


@pytest.mark.parametrize("state", ["held", "succeeded"])
async def test_what_is_about_to_change_in_the_same_conversation_is_not_relied_on(state: str) -> None:
    made = await in_thread("set Nell Brody to tenor", "Nell Brody alto", state, plan(voice("Nell Brody", "alto")))
    assert planned(made) == [{"singer_id": 1, "voice": "alto"}]
    assert isinstance(made.verdict, Plan)
    assert "The voice of Nell Brody is alto already." in made.verdict.held


async def test_undoing_is_planned_even_if_the_record_seems_to_have_the_earlier_value() -> None:
    made = await in_thread("set Nell Brody to tenor", "undo that", "succeeded", {"type": "undo", "calls": ["@call1"]})
    assert planned(made) == [{"singer_id": 1, "voice": "alto"}]
