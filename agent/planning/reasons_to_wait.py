"""Reasons to wait: why a plan waits for a person, although its policy would let it go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from agent.pipeline import Plan
from agent.planning.proposal import Compare, Find, Proposal, Word
from agent.planning.quotes import walk
from agent.planning.task import CORRECTED, Outcome, Task, Withdrawal, changes_something
from agent.resolve.rules.reported_orders import find_reported_orders
from agent.validate.questions import quote_words

RANGE: Final = "Of {} to {}, only those shown here are open to this."
REPORTED: Final = "{words}: these are somebody else's words, so it waits for a yes."


def let_wait(task: Task, outcome: Outcome) -> Outcome:
    """The outcome with its plan held if the thread, the task, the way it was read or its words are a reason."""
    plan = outcome.verdict
    if not isinstance(plan, Plan):
        return outcome
    held = (*plan.held, *outcome.waits)
    if changes_something(plan):
        held = (*held, *filter(None, (outcome.hold,)), *_explain_reported(task), *_explain_ranges(outcome.proposal))
    if not held and (why := task.must_wait or (task.hold if changes_something(plan) else "")):
        held = (why,)
    return replace(outcome, verdict=_hold_plan(plan, held))


def let_replace(outcome: Outcome, card: str) -> Outcome:
    """The outcome in the place of a card that waits. Its plan waits too, also if it comes only after a question."""
    return replace(add_reason(outcome, CORRECTED), withdrawal=Withdrawal((card,), "Corrected"))


def add_reason(outcome: Outcome, why: str) -> Outcome:
    """The outcome with one more reason to wait, which a card shows now or after its question is answered."""
    verdict = outcome.verdict
    verdict = _hold_plan(verdict, (*verdict.held, why)) if isinstance(verdict, Plan) else verdict
    return replace(outcome, verdict=verdict, hold=why)


def _hold_plan(plan: Plan, held: tuple[str, ...]) -> Plan:
    same = held == plan.held
    return plan if same else plan.model_copy(update={"held": held, "approvals": max(1, plan.approvals)})


def _explain_reported(task: Task) -> Iterator[str]:
    """Why an order waits that is told in somebody else's words."""
    reported = find_reported_orders(task.request.text) if task.request.given is None else ()
    yield from (REPORTED.format(words=quote_words(each.told)) for each in reported if each.own)


def _explain_ranges(proposal: Proposal | None) -> Iterator[str]:
    """Why calls wait that a range of numbers stands for: some of these numbers may be nobody's, or of records that are
    closed to the action."""
    for find in (each for each in walk(proposal) if isinstance(each, Find)):
        said = [each.value.word for each in find.where if isinstance(each, Compare) and isinstance(each.value, Word)
                and each.op in (">=", "<=")]  # fmt: skip
        if len(said) == 2:
            yield RANGE.format(*said)
