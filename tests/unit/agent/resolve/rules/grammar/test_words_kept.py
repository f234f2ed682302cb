"""Words that stay what they are: the last word of a text ("bring it back"), and "ALL" beside currency codes."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("text Yuki: bring the spare wheel back", "bring the spare wheel back"),
        ("tell Greta Holm to call us back", "call us back"),
        ("text Owen to give the key back", "give the key back"),
    ],
)
async def test_the_last_word_stays(text: str, sent: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("garage"), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan), verdict
    assert {each.param: each.value for each in verdict.steps[0].filled}["message"] == sent


@pytest.mark.parametrize("text", ["waive ALL fines of Piet", "WAIVE ALL FINES OF PIET", "TRY to waive F-231"])
async def test_words_in_capitals_are_no_currencies(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan), verdict
