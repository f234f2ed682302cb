"""Outcome: the states of a run and of its calls, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from agent.pipeline.request import Value

CallState = Literal["planned", "begun", "succeeded", "failed", "unknown", "skipped"]


class CallOutcome(Value):
    """Outcome of one call. ``unknown`` means it may have happened: no answer came. ``answer`` is at most 64 KiB of the
    body as text."""

    call_id: str
    state: CallState
    status: int | None = None
    answer: str | None = None
    detail: str = ""
    attempts: int = 0
    duration_ms: float = 0.0
    result_fits: bool | None = None


RunState = Literal[
    "received",  # accepted, not yet resolved
    "asked",  # waits for an answer
    "held",  # waits for confirmation (or for the second one)
    "confirmed",  # may be sent; the work row stands
    "executing",  # claimed by a worker
    "succeeded",
    "failed",
    "unknown",  # at least one call may have happened, and nobody knows
    "answered",  # a question that records answered; nothing was to be done
    "refused",  # understood, not allowed or not possible
    "abstained",  # no registered action fits
    "rejected",  # a person said no
    "expired",  # the card or question ran out
]
Phase = Literal[
    "choosing",  # which of the registered actions, and which words are for what
    "looking",  # the records that the words mean
    "checking",  # schema, roles, policy: what would be sent, and whether somebody must see it first
]
"""Where the working out of a received run is."""
PhaseCallback = Callable[[Phase], None]


def ignore_phase(_: Phase) -> None:
    """No-op phase callback."""


FINAL: frozenset[RunState] = frozenset(
    {"succeeded", "failed", "answered", "refused", "abstained", "rejected", "expired"}
)
