"""Other choice: after a choice among offered records, "no, the other one" is another of those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from agent.pipeline import Answer, Candidate, Plan, Question
from agent.planning.task import CORRECTED, Outcome, ProposeRun, Withdrawal, take_outcome
from agent.resolve.rules.grammar.earlier_calls import corrects_to_other
from agent.runs.run import Run
from agent.validate.questions import join


async def choose_other(run: Run, earlier: Sequence[Run], propose: ProposeRun) -> tuple[Run, Outcome] | None:
    """The run as the last card's request with another answer to its last question, if its words say no more than that.
    Takes the one that is left of two, and asks which of more. None if the last card waits for no such choice."""
    last = earlier[-1] if earlier and not run.answers and run.given is None else None
    if last is None or last.state != "held" or not last.answers or not corrects_to_other(run.text):
        return None
    *before, given = last.answers
    kept = {"text": last.text, "now": last.now, "proposal": last.proposal, "handles": last.handles}
    again = run.with_(**kept, drafts=last.drafts, hold=last.hold, must_wait=CORRECTED, answers=tuple(before))
    thread, asked = await propose(again, earlier[:-1])
    question = asked.verdict
    if not isinstance(question, Question) or question.slot != given.slot or question.code != "ambiguous":
        return None

    async def plan(choice: Candidate) -> tuple[Run, Outcome]:
        answer = Answer(slot=question.slot, choice=choice.id, label=choice.label)
        chosen = again.with_(answers=(*before, answer))
        there, made = await propose(chosen, earlier[:-1])
        return take_outcome(chosen, made, there), made

    left = [each for each in question.candidates if each.id != given.choice]
    if given.choice is None:  # words chose it: the one whose plan is the card's
        left = [each for each in left if _list_values((await plan(each))[1].verdict) != _list_values(last.plan)]
    if len(left) == 1:
        chosen, outcome = await plan(left[0])
        return chosen, replace(outcome, withdrawal=Withdrawal((*outcome.withdrawal.runs, last.id), "Answered"))
    text = f"Which one do you mean instead: {join([each.label for each in left], 'or')}?"
    asked = replace(asked, verdict=question.model_copy(update={"text": text, "candidates": tuple(left)}))
    return take_outcome(again, asked, thread), replace(asked, withdrawal=Withdrawal((last.id,), "Answered"))


def _list_values(verdict: object) -> list[tuple[str, dict[str, Any]]]:
    steps = verdict.steps if isinstance(verdict, Plan) else ()
    return [(step.action, {each.param: each.value for each in step.filled}) for step in steps]
