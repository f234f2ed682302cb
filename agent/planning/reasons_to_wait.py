"""Reasons to wait: why a plan waits for a person, although its policy would let it go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from agent.pipeline import Plan
from agent.planning.proposal import Compare, Find, Proposal, Word
from agent.planning.quotes import walk
from agent.planning.record_links import link_members
from agent.planning.task import CORRECTED, Outcome, Task, Withdrawal, changes_something
from agent.resolve.rules.reported_orders import find_reported_orders
from agent.validate.questions import quote_words

RANGE: Final = "Of {} to {}, only those shown here are open to this."
REPORTED: Final = "{words}: these are somebody else's words, so it waits for a yes."
LISTED: Final = "{words} stands in the text. Check whether it says a value of its own."
_PARTS: Final = re.compile(r"[,;.]\s+|\s[-–]\s")
_MOST_LISTED: Final = 3  # words


def let_wait(task: Task, outcome: Outcome) -> Outcome:
    """The outcome with its plan held if the thread, the task, the way it was read or its words are a reason."""
    plan = outcome.verdict
    if not isinstance(plan, Plan):
        return outcome
    held = (*plan.held, *outcome.waits)
    if changes_something(plan):
        held = (*held, *filter(None, (outcome.hold,)), *_explain_reported(task), *_explain_ranges(outcome.proposal))
        held = (*held, *_explain_listed(task, plan))
    if not held and (why := task.must_wait or (task.hold if changes_something(plan) else "")):
        held = (why,)
    return replace(outcome, verdict=_hold_plan(plan, held))


def let_replace(outcome: Outcome, card: str) -> Outcome:
    """The outcome in the place of a card that waits. Its plan waits too, also if it comes only after a question."""
    return replace(add_reason(outcome, CORRECTED), withdrawal=Withdrawal((card,), "Corrected"))


def add_reason(outcome: Outcome, why: str) -> Outcome:
    """The outcome with one more reason to wait, which a card shows now or after its question is answered."""
    verdict = outcome.verdict
    verdict = _hold_plan(verdict, tuple(dict.fromkeys((*verdict.held, why)))) if isinstance(verdict, Plan) else verdict
    return replace(outcome, verdict=verdict, hold=why)


def _hold_plan(plan: Plan, held: tuple[str, ...]) -> Plan:
    same = held == plan.held
    return plan if same else plan.model_copy(update={"held": held, "approvals": max(1, plan.approvals)})


def _explain_reported(task: Task) -> Iterator[str]:
    """Why an order waits that is told in somebody else's words."""
    reported = find_reported_orders(task.request.text) if task.request.given is None else ()
    yield from (REPORTED.format(words=quote_words(each.told)) for each in reported if each.own)


def _explain_listed(task: Task, plan: Plan) -> Iterator[str]:
    """Why a call waits in whose text a part may be another of its values: "…, urgency high, nobody hurt"."""
    for step in plan.steps:
        contract = task.workspace_context.catalogue.get(step.action)
        if contract is None:
            continue
        values = {each.param: each.value for each in step.filled}
        texts = (each for each in values.values() if isinstance(each, str))
        for part in (part for text in texts for part in _PARTS.split(text)[1:]):
            said = link_members(part, part, contract) if len(part.split()) <= _MOST_LISTED else {}
            if any(values.get(name) != each.value for name, each in said.items()):
                yield LISTED.format(words=quote_words(part))


def _explain_ranges(proposal: Proposal | None) -> Iterator[str]:
    """Why calls wait that a range of numbers stands for: some of these numbers may be nobody's, or of records that are
    closed to the action."""
    for find in (each for each in walk(proposal) if isinstance(each, Find)):
        said = [each.value.word for each in find.where if isinstance(each, Compare) and isinstance(each.value, Word)
                and each.op in (">=", "<=")]  # fmt: skip
        if len(said) == 2:
            yield RANGE.format(*said)
