"""Words that may make something new or change what is there, and values that close the text of something new."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan
from agent.planning.linked_plans import ONLY_FIT
from agent.planning.reasons_to_wait import LISTED
from evals.cases.frozen_world import FrozenWorld
from tests.unit.framer import FRAMER
from tests.unit.marina import ask
from tests.unit.singing_school import SCHOOL


async def _plan(world: FrozenWorld, text: str) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    verdict = (await ask(world, text)).verdict
    assert isinstance(verdict, Plan), verdict
    (step,) = verdict.steps
    return step.action.partition(".")[2], {each.param: each.value for each in step.filled}, verdict.held


@pytest.mark.parametrize("text", ["Jonas Reuter's concert to Friday", "concert of Jonas Reuter to Friday"])
async def test_what_is_led_to_another_day_is_the_record_that_is_there(text: str) -> None:
    action, values, held = await _plan(SCHOOL, text)
    assert (action, values) == ("move_lesson", {"lesson_id": 72, "day": "2026-11-27"})
    assert ONLY_FIT in held


@pytest.mark.parametrize(
    "text", ["Mina Falk's warm up Friday", "warm up Mina Falk to Friday", "warm up for Mina Falk, bring it on Friday"]
)
async def test_something_new_waits_if_the_words_speak_of_what_is_there(text: str) -> None:
    """Mina has no lesson, so a new one is all that fits; whether it is meant, a person says."""
    action, values, held = await _plan(SCHOOL, text)
    assert (action, values["sort"]) == ("book_lesson", "warm_up")
    assert ONLY_FIT in held


async def test_a_verb_of_making_orders_something_new() -> None:
    action, _, held = await _plan(SCHOOL, "book Jonas Reuter's concert lesson on Friday")
    assert action == "book_lesson"
    assert ONLY_FIT not in held


@pytest.mark.parametrize(
    ("text", "title", "urgency"),
    [
        ("new chore: sweep the cutting room, rush", "sweep the cutting room", "rush"),
        ("new chore: oil the guillotine - calm urgency", "oil the guillotine", "calm"),
        ("new chore: oil the guillotine, sweep up, calm", "oil the guillotine, sweep up", "calm"),
    ],
)
async def test_a_listed_value_behind_a_mark_closes_the_text(text: str, title: str, urgency: str) -> None:
    action, values, _ = await _plan(FRAMER, text)
    assert (action, values) == ("create_chore", {"title": title, "urgency": urgency})


async def test_a_listed_value_amid_a_text_makes_it_wait() -> None:
    _, values, held = await _plan(FRAMER, "create a chore: oil the guillotine, very calm there, mind the blade")
    assert "urgency" not in values
    assert LISTED.format(words="‘very calm there’") in held


@pytest.mark.parametrize("text", ["scrap the Madrigal on 5 December", "the Madrigal isn't needed any more"])
async def test_what_is_dropped_or_not_wanted_is_cancelled_by_the_one_action_for_it(text: str) -> None:
    action, values, held = await _plan(SCHOOL, text)
    assert (action, values) == ("call_off", {"rehearsal_id": 43})
    assert ONLY_FIT in held


async def test_what_somebody_holds_is_not_off_because_they_cannot_come() -> None:
    """Another tutor may take the rehearsal."""
    assert not isinstance((await ask(SCHOOL, "Clara Voigt can't make the Madrigal")).verdict, Plan)
