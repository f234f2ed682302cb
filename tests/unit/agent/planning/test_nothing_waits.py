"""Words that only stop something, where nothing waits, order none of the actions that stop things."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Candidate, Question, Request
from agent.pipeline.resolution import Ask, Resolved
from agent.planning.propose import propose
from agent.planning.small_talk import NOTHING_WAITS
from agent.planning.task import Task
from agent.resolve.resolver import Resolver
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world

ASKS = Ask(
    question=Question(
        slot="action",
        code="unclear_action",
        text="Which of these do you mean?",
        candidates=(Candidate(id="lending.scrap_item", label="Scrap an item"),),
    )
)


class Unsure(RuleResolver):
    """Finds several actions that stop something."""

    async def resolve(self, *given: object, **named: object) -> Resolved:
        resolved = await super().resolve(*given, **named)  # type: ignore[arg-type]
        return resolved.model_copy(update={"resolution": ASKS})


@pytest.mark.parametrize(
    ("text", "stops"), [("stop", True), ("never mind then", True), ("stop the tile cutter", False)]
)
async def test_a_bare_stop_orders_nothing(text: str, stops: bool) -> None:
    resolver: Resolver = Unsure()
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    came = (await propose(task, resolver)).verdict
    if stops:
        assert isinstance(came, Abstain)
        assert came.detail == NOTHING_WAITS
    else:
        assert isinstance(came, Question)
