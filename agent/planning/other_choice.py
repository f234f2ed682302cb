"""Other choice: after a choice among offered records, "no, the other one" is another of those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.pipeline import Answer, Question
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
    pins = [pin for step in (last.plan.steps if last.plan is not None else ()) for pin in step.pins]
    left = [each for each in question.candidates if each.id not in {given.choice, *(pin.record_id for pin in pins)}]
    if len(left) == 1:
        answer = Answer(slot=question.slot, choice=left[0].id, label=left[0].label)
        again = again.with_(answers=(*before, answer))
        thread, asked = await propose(again, earlier[:-1])
    else:
        text = f"Which one do you mean instead: {join([each.label for each in left], 'or')}?"
        asked = replace(asked, verdict=question.model_copy(update={"text": text, "candidates": tuple(left)}))
    withdrawal = Withdrawal((*asked.withdrawal.runs, last.id), "Answered")
    return take_outcome(again, asked, thread), replace(asked, withdrawal=withdrawal)
