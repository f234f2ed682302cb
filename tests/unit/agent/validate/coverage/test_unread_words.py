"""Without a model: a number that may name a record, and words of another language that nobody read, are not passed
over."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.agent.validate.coverage.test_weighty import shop
from tests.unit.own_worlds import NOW, OWNER


async def verdict_of(text: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, shop(priority="low"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("change ticket 5519 to high, please 5520 blub", "please 5520 blub"),
        ("change ticket 5519 to high und 5520 auf sowieso", "und 5520 auf sowieso"),
        ("5519 mag op normal en 5520 op laag, het is echt rustig hier", "en 5520 op laag"),
    ],
)
async def test_a_number_that_no_noun_says_what_it_counts_is_asked_about(text: str, words: str) -> None:
    asked = await verdict_of(text)
    assert isinstance(asked, Question), asked
    assert f"‘{words}’" in asked.text


async def test_a_number_that_a_noun_behind_it_counts_is_a_reason_that_the_card_shows() -> None:
    made = await verdict_of("change ticket 5519 to high; we got 3 complaints about it")
    assert isinstance(made, Plan), made
    assert made.held == ("Check that nothing is missing: you also wrote ‘got 3 complaints’.",)


async def test_words_of_another_language_that_nothing_reads_hold_the_plan_and_are_shown() -> None:
    made = await verdict_of("5519 auf normal und 5520 auf irgendwas")
    assert isinstance(made, Plan), made
    assert made.held == ("Check that nothing is missing: you also wrote ‘irgendwas’.",)


@pytest.mark.parametrize("text", ["setz 5519 bitte auf normal", "pon 5519 en normal por favor", "5519 auf normal"])
async def test_a_request_in_another_language_that_is_read_whole_goes_out(text: str) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), made
    assert not made.held
