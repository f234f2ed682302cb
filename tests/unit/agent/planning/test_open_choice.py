"""Open choice: of several actions that a model finds to fit, live data tells the one that works."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Candidate, Plan, Question, Request
from agent.planning.open_choice import ONLY_ONE_FITS, choose_by_records
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import ProposingResolver
from core.errors import ModelUnavailable
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan, world

_ASKS = {"type": "ask", "actions": ["renew_loan", "scrap_item"]}
_RENEWS = plan({"action": "renew_loan", "loan_id": find("loan", "cutter"), "days": {"number": 7, "quote": "week"}})


_NONE = {"type": "none", "reason": "no such action", "action": None, "quote": None}


_WHICH = Question(
    slot="action",
    code="unclear_action",
    text="Which of these do you mean?",
    candidates=tuple(Candidate(id=f"lending.{each}", label=each, detail="") for each in _ASKS["actions"]),
)


class SaysOfEach(Says):
    """A model that asks which of two actions is meant, and then says of each alone what ``alone`` has for it. It is
    gone if that has nothing."""

    def __init__(self, **alone: Any) -> None:
        super().__init__(_ASKS)
        self.alone, self.asked = alone, list[str]()

    def answer(self, _parser: Parser, messages: Sequence[Mapping[str, str]], /) -> Any:
        offered = [each for each in _ASKS["actions"] if f"- {each}:" in messages[0]["content"]]
        self.asked.append(" ".join(offered))
        if len(offered) == 1 and not self.alone:
            raise ModelUnavailable("gone")
        return {"understood": "", "result": self.alone[offered[0]] if len(offered) == 1 else _ASKS, "rest": []}


async def come_of(model: Says, text: str) -> Outcome:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    return await propose(task, ProposingResolver(model))


async def test_the_one_action_that_works_by_the_words_alone_is_planned_and_waits() -> None:
    model = SaysOfEach()
    made = await come_of(model, "a week more for the tile cutter")
    assert isinstance(made.verdict, Plan), made.verdict
    assert [step.action for step in made.verdict.steps] == ["lending.renew_loan"]
    assert made.hold == ONLY_ONE_FITS
    assert len(model.asked) == 1


async def test_else_the_model_reads_the_words_for_each_action_alone() -> None:
    model = SaysOfEach(renew_loan=_RENEWS, scrap_item=_NONE)
    made = await come_of(model, "the cutter gets a week on top")
    assert isinstance(made.verdict, Plan), made.verdict
    assert made.hold == ONLY_ONE_FITS
    assert model.asked == ["renew_loan scrap_item", "renew_loan", "scrap_item"]
    assert made.resolved is not None
    assert made.resolved.trace.attempts == len(model.asked), "what it was asked since is counted"


@pytest.mark.parametrize("alone", [{}, {"renew_loan": _NONE, "scrap_item": _NONE}])
async def test_a_person_is_asked_where_none_works_or_the_model_is_gone(alone: Mapping[str, Any]) -> None:
    made = (await come_of(SaysOfEach(**alone), "the cutter gets a week on top")).verdict
    assert isinstance(made, Question), made
    assert {each.id for each in made.candidates} == {"lending.renew_loan", "lending.scrap_item"}


async def test_a_person_is_asked_where_several_work() -> None:
    task = Task(Request(text="the cutter", now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    works = await come_of(SaysOfEach(), "a week more for the tile cutter")
    made = replace(works, verdict=_WHICH, hold="")

    async def plan_all(_one: Task) -> Outcome:
        return works

    assert await choose_by_records(task, made, plan_all) is made
