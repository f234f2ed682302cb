"""A record that only a pronoun names is of whoever the sentence before it was about."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world("hotel"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "charge"),
    [
        ("Sven complained. Waive that charge", 9014),
        ("Callum rang from his room, please waive that charge", 9011),
    ],
)
async def test_that_record_is_theirs_who_were_spoken_of(text: str, charge: int) -> None:
    made = await verdict_of(text)
    assert isinstance(made, Plan), getattr(made, "text", made)
    assert [each.value for step in made.steps for each in step.filled if each.param == "charge_id"] == [charge]


async def test_several_of_theirs_are_asked_about_and_nobody_elses_are() -> None:
    made = await verdict_of("Priya complained. Waive that charge")
    assert isinstance(made, Question)
    assert {each.id for each in made.candidates} == {"9004", "9005"}


@pytest.mark.parametrize("text", ["waive that charge", "waive the last one"])
async def test_of_nobody_it_is_asked(text: str) -> None:
    assert isinstance(await verdict_of(text), Question)


@pytest.mark.parametrize("text", ["put the same on Noor's bill", "send the same to Noor"])
async def test_the_same_of_nothing_that_was_said_is_not_done(text: str) -> None:
    assert not isinstance(await verdict_of(text), Plan)
