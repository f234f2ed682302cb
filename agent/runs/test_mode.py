"""Test mode: a test key's request takes every step and ends in a sandbox. The two modes never mix.

A run keeps the mode of its key for good. The plan's digest binds it, because the principal is part of it. So a card of
one mode can't become a call of the other.
"""

from __future__ import annotations

from agent.runs.run import Run
from core.actor import Actor
from core.errors import WrongMode


def is_test(run: Run) -> bool:
    """Whether a run is in test mode and so never sent. Any sign of ``test`` counts."""
    return run.mode == "test" or run.actor.mode == "test"


def check_mode(actor: Actor, run: Run) -> None:
    """Checks that a key decides only about runs of its own mode. A person sees the card's badge and decides about both.
    Raises WrongMode."""
    if actor.kind != "key" or (actor.mode == "test") == is_test(run):
        return
    if actor.mode == "test":
        raise WrongMode(
            "This is a test key, and this run is for real: a test key decides about runs that test keys asked for."
        )
    raise WrongMode("This run was asked for by a test key: decide about it with a test key, or in the console.")
