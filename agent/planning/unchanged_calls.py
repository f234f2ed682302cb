"""Unchanged calls: leaves out of a plan what is so already, or has its card say so."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from agent.pipeline import Plan, Refusal
from agent.planning.task import ALSO_WROTE, Outcome, Task
from core.errors import PlatformUnavailable
from registry.records import Kinds

log = logging.getLogger(__name__)

MOST_READ_ANEW: Final = 20


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
        said = unchanged.told if unchanged.sure else ()  # else the card says it of the copy
        told = plan.model_copy(
            update={"held": (*plan.held, *said), "approvals": max(1, plan.approvals), "unchanged": None}
        )
        return replace(outcome, verdict=told)
    return _leave_out(outcome, unchanged.rest) if unchanged.sure else outcome


async def read_unchanged(outcome: Outcome, live: Kinds) -> Outcome:
    """The outcome without what is so already by cached copies, if its platform says the same now. Else the card stays,
    which says it of the copies."""
    plan = outcome.verdict
    if not isinstance(plan, Plan) or plan.unchanged is None:
        return outcome
    unchanged = plan.unchanged
    digests = {(pin.record_kind, pin.record_id): pin.digest for step in plan.steps for pin in step.pins}
    if len(unchanged.records) > MOST_READ_ANEW or not unchanged.records <= digests.keys():
        return outcome
    try:
        for kind, record_id in sorted(unchanged.records):
            found = await live.record(kind, record_id)
            if found is None or found.digest != digests[kind, record_id]:
                return outcome
    except PlatformUnavailable as error:
        log.info("what is so already could not be read anew: %s", error.code)
        return outcome
    return _leave_out(outcome, unchanged.rest)


def _leave_out(outcome: Outcome, rest: Plan | Refusal) -> Outcome:
    if isinstance(rest, Refusal) and outcome.hold.startswith(ALSO_WROTE):  # else it is no reason any more
        rest = rest.model_copy(update={"detail": f"{rest.detail} {outcome.hold}"})
    return replace(outcome, verdict=rest)
