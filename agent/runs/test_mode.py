"""Test mode: what a test key asks for goes all the way and ends in a sandbox, and the two modes never mix.

A run has the mode of the key that asked for it, for good. It is bound by the plan's digest (the principal is part of
that), so a card of one mode can't be confirmed into a call of the other.
"""

from __future__ import annotations

from agent.runs.run import Run
from core.actor import Actor
from core.errors import WrongMode


def is_test(run: Run) -> bool:
    """Whether a run is in test mode, so that nothing of it is sent: ``test`` anywhere is believed."""
    return run.mode == "test" or run.actor.mode == "test"


def check_mode(actor: Actor, run: Run) -> None:
    """A key decides about runs of its own mode alone; a person, who sees the card's badge, about both. Raises
    WrongMode."""
    if actor.kind != "key" or (actor.mode == "test") == is_test(run):
        return
    if actor.mode == "test":
        raise WrongMode(
            "This is a test key, and this run is for real: a test key decides about runs that test keys asked for."
        )
    raise WrongMode("This run was asked for by a test key: decide about it with a test key, or in the console.")
