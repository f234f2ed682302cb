"""A small model's answer beside what the words alone leave open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.pipeline import Abstain, Ask, Candidate, Plan, Proposed, Question, Request, Resolved
from agent.planning.proposal import NoneResult, Proposal
from agent.planning.propose import READ_BY_MODEL_ALONE, propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.resolve.rules.resolver import RuleResolver
from prompts import PLAIN_VERSION
from tests.unit.own_worlds import NOW, OWNER, Says, world

FINE = {"name": None, "owner": "Ines Duarte", "state": "due", "which": "last"}
ANSWER = {"calls": [{"action": "waive_fine", "fine_id": FINE}]}


class Beside(ProposingResolver):
    """A plain model's answer with another reading of the words beside it."""

    def __init__(self, by_rules: Abstain | Ask | Proposed, answer: Any) -> None:
        super().__init__(Says(answer), version=PLAIN_VERSION)
        self.by_rules = by_rules

    async def resolve(self, *given: Any) -> Resolved:
        return (await super().resolve(*given)).model_copy(update={"by_rules": self.by_rules})


async def verdict_beside(by_rules: Abstain | Ask | Proposed, text: str = "", answer: Any = None) -> Any:
    request = Request(text=text or "waive the last fine of Ines Duarte that is due", now=NOW)
    task = Task(request, OWNER, world("lending"), "run_00000000000000000000000001")
    return (await propose(task, Beside(by_rules, answer or ANSWER))).verdict


def which(*names: str) -> Ask:
    candidates = tuple(Candidate(id=name, label=name) for name in names)
    return Ask(question=Question(slot="action", code="unclear_action", text="Which?", candidates=candidates))


def offered(verdict: Any) -> Sequence[str]:
    assert isinstance(verdict, Question), verdict
    assert verdict.code == "unclear_action"
    return [each.id for each in verdict.candidates]


async def test_the_model_decides_among_the_actions_that_the_words_leave_open() -> None:
    assert isinstance(await verdict_beside(which("lending.charge_fine", "lending.waive_fine")), Plan)


async def test_another_action_than_the_words_leave_open_is_asked_about_with_them() -> None:
    asked = await verdict_beside(which("lending.charge_fine"))
    assert offered(asked) == ["lending.charge_fine", "lending.waive_fine"]


@pytest.mark.parametrize("reason", ["nothing_fits", "below_threshold"])
async def test_an_action_that_no_word_asks_for_is_asked_about(reason: Any) -> None:
    assert offered(await verdict_beside(Abstain(reason=reason, detail=""))) == ["lending.waive_fine"]


async def test_what_a_person_may_not_do_is_said_whatever_the_model_plans() -> None:
    forbidden = NoneResult(reason="not allowed", action="lending.waive_fine")
    made = await verdict_beside(Proposed(proposal=Proposal(result=forbidden)))
    assert not isinstance(made, Plan | Question), made


async def test_words_of_another_language_are_the_models_to_read_and_wait() -> None:
    nothing = Abstain(reason="nothing_fits", detail="")
    said = "la estantería de la tile cutter es ahora front"
    shelf = {"item_id": {"name": "tile cutter", "owner": None, "state": None, "which": "one"}, "shelf": "front"}
    made = await verdict_beside(nothing, said, {"calls": [{"action": "set_shelf", **shelf}]})
    assert isinstance(made, Plan), made
    assert READ_BY_MODEL_ALONE in made.held
    unsaid = {"calls": [{"action": "set_shelf", **shelf, "shelf": "back"}]}
    assert offered(await verdict_beside(nothing, said, unsaid)) == ["lending.set_shelf"]


async def test_a_question_about_what_was_said_stands_where_a_small_model_says_none() -> None:
    request = Request(text="charge Ines Duarte a fine for the broken drill", now=NOW)
    none = ProposingResolver(Says({"calls": [{"action": "none", "reason": "no such action"}]}), version=PLAIN_VERSION)
    task = Task(request, OWNER, world("lending"), "run_00000000000000000000000001")
    by_model = (await propose(task, none)).verdict
    by_rules = (await propose(task, RuleResolver())).verdict
    assert (type(by_model), getattr(by_model, "text", "")) == (type(by_rules), getattr(by_rules, "text", ""))
    assert isinstance(by_rules, Question), by_rules
