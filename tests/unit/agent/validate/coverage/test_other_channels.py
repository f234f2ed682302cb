"""Another way of telling somebody something than the action's own is asked about."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.coverage.weighty_patterns import NEGATION
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str) -> object:
    task = Task(Request(text=text, now=NOW), OWNER, world("garage"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("email Greta Holm: your car is ready", "email"),
        ("tell Yuki in person: come at 5", "in person"),
        ("tell Yuki on whatsapp: come at 5", "on whatsapp"),
        ("text Yuki on Viber that her car is ready", "on Viber"),
        ("tell Yuki over Pigeon that her car is ready", "over Pigeon"),
        ("message Greta Holm via Threema that the brakes are done", "via Threema"),
    ],
)
async def test_another_channel_is_asked_about(text: str, told: str) -> None:
    verdict = await verdict_of(text)
    assert isinstance(verdict, Question), verdict
    assert told in verdict.text


@pytest.mark.parametrize(
    "text", ["tell Greta Holm by phone that her car is ready", "tell Yuki by post that the invoice was wrong"]
)
async def test_another_channel_is_never_taken(text: str) -> None:
    assert not isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize(
    "text",
    [
        "text Greta Holm: your car is ready",
        "tell Yuki to call us back by phone",
        "text Yuki: we'll email the bill",
        "tell Yuki that we are on Facebook now",
        "let Yuki know that her car is ready",
    ],
)
async def test_its_own_and_what_the_text_says_are_not(text: str) -> None:
    assert isinstance(await verdict_of(text), Plan)


@pytest.mark.parametrize("text", ["note 20 on 7 not in cash", "settle 7 not by card", "send it not via the depot"])
def test_a_way_that_is_denied_is_a_denial(text: str) -> None:
    found = NEGATION.search(text)
    assert found is not None
    assert found["out"] == "not"
