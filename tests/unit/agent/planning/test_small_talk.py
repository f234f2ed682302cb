"""A greeting, thanks or a goodbye alone orders nothing, and gets one friendly sentence."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Reply, Request
from agent.pipeline.resolution import Proposed, Resolved
from agent.planning.proposal import Call, PlanResult, Proposal
from agent.planning.propose import propose
from agent.planning.small_talk import FRIENDLY, NOTHING_WAITS
from agent.planning.task import Task, Verdict
from agent.resolve.resolver import Resolver
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


class Ordering(RuleResolver):
    """Reads an order to scrap something in everything, as rules do where "quit" is a verb of an action."""

    async def resolve(self, *given: object, **named: object) -> Resolved:
        resolved = await super().resolve(*given, **named)  # type: ignore[arg-type]
        proposal = Proposal(result=PlanResult(calls=(Call(action="lending.scrap_item"),)))
        return resolved.model_copy(update={"resolution": Proposed(proposal=proposal)})


async def _verdict_of(text: str, resolver: Resolver | None = None) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    return (await propose(task, resolver or RuleResolver())).verdict


@pytest.mark.parametrize(
    "text", ["Hello!", "good evening", "many thanks :)", "bye", "hallo, danke schön", "Merci beaucoup !", "obrigada"]
)
async def test_politeness_alone_gets_a_friendly_sentence(text: str) -> None:
    assert await _verdict_of(text) == FRIENDLY


async def test_politeness_beside_a_request_takes_nothing_from_it() -> None:
    asked = await _verdict_of("hello, what can you do?")
    assert isinstance(asked, Reply)
    assert asked.text != FRIENDLY.detail
    assert await _verdict_of("thanks for the xylophone") != FRIENDLY


@pytest.mark.parametrize("text", ["quit", "Exit.", " q "])
async def test_what_ends_a_conversation_orders_nothing(text: str) -> None:
    made = await _verdict_of(text, Ordering())
    assert isinstance(made, Abstain)
    assert made.detail == NOTHING_WAITS


async def test_with_more_words_it_is_an_order_as_any_other() -> None:
    made = await _verdict_of("quit the tile cutter", Ordering())
    assert not isinstance(made, Abstain)
