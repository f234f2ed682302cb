"""What takes an order back, or leaves open whether it is one, is never passed over."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.negations import find_taken_back
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("waive F-231, strike that", "strike that"),
        ("waive F-231 - disregard it", "disregard it"),
        ("waive F-231, oh wait, never mind", "never mind"),
        ("waive F-231. On second thought", "On second thought"),
        ("waive perhaps 3 euros of F-231", "perhaps"),
        ("maybe waive F-231", "maybe"),
    ],
)
async def test_it_is_asked_about(text: str, words: str) -> None:
    asked = await verdict_of(text)
    assert isinstance(asked, Question), asked
    assert asked.slot == "rest"
    assert f"‘{words}’" in asked.text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("waive F-231... no wait, I have to ask her first", "no wait, I have to ask her first"),
        ("waive F-231, actually she paid in cash", "actually she paid in cash"),
        ("waive F-231. Hold on, she wants to pay", "Hold on, she wants to pay"),
        ("waive F-231, hm, leave it, she pays", "leave it, she pays"),
    ],
)
async def test_what_turns_round_behind_an_order_is_asked_about_to_its_end(text: str, words: str) -> None:
    asked = await verdict_of(text)
    assert isinstance(asked, Question), asked
    assert f"‘{words}’" in asked.text


@pytest.mark.parametrize("text", ["waive F-235, no, F-231", "waive 2 euros of F-231, no wait, 3"])
async def test_what_is_said_anew_takes_nothing_back(text: str) -> None:
    assert isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize("text", ["could you maybe waive F-231", "please perhaps waive F-231"])
async def test_manners_are_no_doubt(text: str) -> None:
    assert isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize(
    ("text", "taken", "found"),
    [
        ("close it, cancel that", [(0, 5)], ["cancel that"]),
        ("the loan can stay, cancel that", [(19, 25)], []),
        ("tell Ada: just kidding", [(0, 4), (5, 8), (10, 22)], []),
        ("tell Ada: it was for you, just kidding", [(0, 4), (10, 38)], []),
        ("undo that", [], []),
        ("oh no, undo that", [], []),
        ("reopen the newest one, actually no", [], ["actually no"]),
    ],
)
def test_only_what_stands_behind_an_order_takes_it_back(
    text: str, taken: list[tuple[int, int]], found: list[str]
) -> None:
    verbs = frozenset({"cancel", "close", "tell"})
    assert [text[start:end] for start, end in find_taken_back(text, taken, taken, verbs)] == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Piet wants F-233 waived, but I told him no", "I told him no"),
        ("Piet asked us to waive F-233, so we did", "we did"),
        ("waive F-233 for Piet? but we can't.", "we can't"),
        ("waive F-233? No way", "No way"),
    ],
)
async def test_what_was_answered_to_the_wish_is_never_passed_over(text: str, words: str) -> None:
    asked = await verdict_of(text)
    assert isinstance(asked, Question), asked
    assert f"‘{words}’" in asked.text


@pytest.mark.parametrize("text", ["Piet can't pay, waive F-233", "I told him yes: waive F-233"])
async def test_what_is_told_before_the_order_refuses_nothing(text: str) -> None:
    taken = [(text.index("F-233"), len(text))]
    assert not [*find_taken_back(text, taken, taken, frozenset())]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Piet might waive F-233", "Piet might waive"),
        ("we were going to waive F-233", "were going to waive"),
        ("Piet was just about to waive F-233", "was just about to waive"),
        ("Piet used to waive F-233", "used to waive"),
        ("I'm going to waive F-233", "I'm going to waive"),
        ("we are about to waive F-233", "we are about to waive"),
        ("Piet will waive F-233", "Piet will waive"),
        ("somebody should waive F-233", "somebody should waive"),
    ],
)
async def test_what_was_or_may_be_done_is_no_order(text: str, words: str) -> None:
    asked = await verdict_of(text)
    assert isinstance(asked, Question), asked
    assert f"‘{words}’" in asked.text


@pytest.mark.parametrize(
    "text", ["I would like to waive F-233", "could you waive F-233", "can we waive F-233", "we have to waive F-233"]
)
async def test_a_wish_and_a_polite_question_are_orders(text: str) -> None:
    assert isinstance(await verdict_of(text), Plan)
