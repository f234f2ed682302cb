"""After a choice among offered records, "no, the other one" is the other of those."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from agent.pipeline import Answer, Candidate, Plan, Question, Reply
from agent.planning.propose import propose
from agent.planning.task import CHEAP_ONLY, CORRECTED, Outcome, make_task
from agent.planning.thread import Thread, build_thread, restore_thread
from agent.planning.typed_answers import plan_in_thread
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.run import Run
from core import ids
from tests.unit.agent.runs.test_states import plan as state_plan
from tests.unit.agent.runs.test_states import run as state_run
from tests.unit.own_worlds import NOW, OWNER, world


async def talk(name: str, *turns: str, after: Callable[[Run], Run] = lambda run: run) -> tuple[list[Run], Outcome]:
    """What the last of the turns comes to, each typed into the box below the one before. Cards wait, unless ``after``
    says what becomes of each run."""
    runs: list[Run] = []
    context = world(name)

    async def plan(run: Run, earlier: Sequence[Run]) -> tuple[Thread, Outcome]:
        thread = build_thread(earlier, context.catalogue)
        if run.drafts or run.proposal is not None:
            thread = restore_thread(run.handles, earlier, now=thread)
        return thread, await propose(make_task(run, context, (), CHEAP_ONLY, thread), RuleResolver())

    for text in turns:
        about = {"session_id": "s1", "actor": OWNER, "surface": "admin", "now": NOW, "created_at": NOW}
        first = runs[0].id if runs else None
        run = Run(
            id=ids.make_id("run"),
            workspace="ws_1",
            text=text,
            thread_id=first,
            updated_at=NOW,
            **about,
        )
        run, outcome = await plan_in_thread(run, runs, plan)
        made = outcome.verdict
        state = "held" if isinstance(made, Plan) else "asked" if isinstance(made, Question) else "abstained"
        state = "answered" if isinstance(made, Reply) else state
        question, reply = (made if isinstance(made, each) else None for each in (Question, Reply))
        plan_made = made if isinstance(made, Plan) else None
        runs.append(after(run.with_(state=state, plan=plan_made, question=question, reply=reply)))
    return runs, outcome


def values(outcome: Outcome) -> dict[str, object]:
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    (step,) = outcome.verdict.steps
    return {each.param: each.value for each in step.filled}


@pytest.mark.parametrize("first", ["Ruth Abara", "Abara", "the first one"])
@pytest.mark.parametrize("words", ["no, the other one", "not that one, the other", "sorry, I meant the other one"])
async def test_the_other_of_two_takes_the_place_of_the_one_that_was_chosen(first: str, words: str) -> None:
    request = "charge Ruth 12 euros for a lost blade"
    _, one = await talk("lending", request, first)
    runs, other = await talk("lending", request, first, words)
    assert values(one)["member_id"] != values(other)["member_id"]
    assert values(one)["amount"] == values(other)["amount"]
    assert isinstance(other.verdict, Plan)
    assert CORRECTED in other.verdict.held
    assert runs[-2].id in other.withdrawal.runs
    back, again = await talk("lending", request, first, words, words)
    assert values(again) == values(one)
    assert back[-2].id in again.withdrawal.runs


async def test_the_other_without_a_choice_before_it_is_read_as_always() -> None:
    runs, outcome = await talk("lending", "renew loan 502 by 5 days", "no, the other one")
    assert runs[-1].text == "no, the other one"
    assert outcome.withdrawal.why == "Corrected"


async def test_of_more_than_two_the_others_are_asked_about() -> None:
    offered = tuple(Candidate(id=each, label=f"Bench {each}") for each in ("1", "2", "3"))
    asked = Question(slot="0.bench_id", code="ambiguous", text="Which bench?", candidates=offered)
    chosen = Answer(slot="0.bench_id", choice="2", label="Bench 2")
    last = state_run(state="held", plan=state_plan(1), answers=(chosen,))
    typed = state_run().with_(text="no, the other one")

    async def plan(run: Run, earlier: Sequence[Run]) -> tuple[Thread, Outcome]:
        assert not run.answers
        return build_thread(earlier, world("lending").catalogue), Outcome(asked)

    _, outcome = await plan_in_thread(typed, [last], plan)
    assert isinstance(outcome.verdict, Question)
    assert outcome.verdict.text == "Which one do you mean instead: Bench 1 or Bench 3?"
    assert [each.id for each in outcome.verdict.candidates] == ["1", "3"]
    assert outcome.withdrawal.runs == (last.id,)
