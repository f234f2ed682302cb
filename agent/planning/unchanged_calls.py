"""Unchanged calls: leaves out of a plan what is so already, or has its card say so."""

from __future__ import annotations

from dataclasses import replace

from agent.pipeline import Plan, Refusal
from agent.planning.task import Outcome, Task


def leave_out_unchanged(task: Task, outcome: Outcome) -> Outcome:
    """The outcome without calls that would change nothing. If none is left, it says what is so already.

    The card only says so, and the call stays, if it corrects or takes back an earlier one, or if something was done
    about the record in the same conversation: what was just read of it may be about to change.
    """
    plan = outcome.verdict
    if not isinstance(plan, Plan) or plan.unchanged is None:
        return outcome
    unchanged = plan.unchanged
    before = {(pin.record_kind, pin.record_id) for call in task.calls.values() for pin in call.step.pins}
    if outcome.waits or task.must_wait or not before.isdisjoint(unchanged.records):
        told = plan.model_copy(update={"held": (*plan.held, *unchanged.told), "approvals": max(1, plan.approvals)})
        return replace(outcome, verdict=told)
    rest = unchanged.rest
    if isinstance(rest, Refusal) and outcome.hold:
        rest = rest.model_copy(update={"detail": f"{rest.detail} {outcome.hold}"})
    return replace(outcome, verdict=rest)
