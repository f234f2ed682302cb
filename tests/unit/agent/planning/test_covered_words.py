"""Words that a card covers by what it does are no news on it; words that could change the order are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.resolver import FallbackResolver
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.agent.planning.scripted_reading import Reads
from tests.unit.own_worlds import NOW, OWNER, find, number, world


async def notes_of(
    text: str, name: str, step: dict[str, Any], verdicts: Sequence[str], rest: Sequence[Any] = ()
) -> tuple[str, ...]:
    """What the card says of words, if the model reads those that it passed over as these verdicts say."""
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    model = Reads(*verdicts, step=step, rest=rest)
    made = await propose(task, FallbackResolver(ProposingResolver(model), RuleResolver()))
    assert isinstance(made.verdict, Plan), made.verdict
    return tuple(each for each in made.verdict.held if "‘" in each)


READY = "your car is ready"
WRITE = {"action": "text_customer", "customer_id": find("customer", "Greta"), "message": {"quote": READY}}


async def test_what_introduces_a_text_and_the_verb_before_it_are_no_news_on_a_card_that_waits() -> None:
    assert await notes_of(f"drop Greta a line: {READY}", "garage", WRITE, ["expressed"]) == ()


@pytest.mark.parametrize("beside", ["by letter", "in cash", "2 lines", "two lines"])
async def test_a_means_or_a_weighty_word_before_a_text_is_told(beside: str) -> None:
    notes = await notes_of(f"drop Greta {beside}: {READY}", "garage", WRITE, ["expressed", "expressed"])
    assert any(beside.split()[-1] in each for each in notes), notes


async def test_the_day_by_which_a_record_was_found_is_no_news() -> None:
    on = {"field": "day", "op": "during", "value": {"date": "2026-11-27", "quote": "on friday"}}
    step = {"action": "cancel_lesson", "lesson_id": find("lesson", "Joris", on)}
    assert await notes_of("scratch Joris on friday", "riding", step, []) == ()


async def test_words_beside_the_day_of_a_record_are_told() -> None:
    on = {"field": "day", "op": "during", "value": {"date": "2026-11-27", "quote": "on friday for free"}}
    step = {"action": "cancel_lesson", "lesson_id": find("lesson", "Joris", on)}
    notes = await notes_of("scratch Joris on friday for free", "riding", step, [])
    assert any("for free" in each for each in notes), notes


async def test_the_only_order_of_a_request_is_not_said_to_be_left_undone() -> None:
    step = {"action": "cancel_job", "job_id": find("job", "803"), "reason": None}
    rest = [{"quote": "Marcus rang about 803", "is": "reason"}]
    notes = await notes_of("Marcus rang about 803, close that one", "garage", step, ["expressed", "expressed"], rest)
    assert notes == ("‘close that one’ is taken to say this: check that nothing is missing.",)


async def test_words_that_the_model_set_aside_are_told_alone() -> None:
    step = {"action": "order_part", "part_id": find("part", "oil filter"), "quantity": number(4, "4")}
    rest = [{"quote": "this morning", "is": "background"}]
    notes = await notes_of("buy oil filter, 4 parts more this morning", "garage", step, ["expressed"], rest)
    assert "Nothing is done about ‘this morning’." in notes
