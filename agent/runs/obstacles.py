"""Obstacles: why nobody can confirm a held card any more, though it still waits.

Who asked may have left or been given another role, and the contract may have been retired or closed to that role. A
fresh card would then be refused too. If the cause is undone in time, the card can be confirmed again.
"""

from __future__ import annotations

from agent.runs.states import Planned
from agent.validate.questions import join
from core.actor import Actor
from registry.catalogue import Catalogue


def find_obstacle(planned: Planned, requester: Actor | None, catalogue: Catalogue) -> str:
    """The obstacle in a sentence. Empty if the card can be confirmed, or planned anew. ``requester`` is who asked, as
    they are now, or None if they may not act any more."""
    if requester is None:
        return f"{planned.run.actor.name} may no longer act here."
    for step in planned.plan.steps:
        contract = catalogue.get(step.action)
        if contract is None:
            return f"“{step.title}” is no longer offered."
        if requester.role not in contract.roles:
            needed = f"the role {join(contract.roles, 'or')}" if contract.roles else "a role that nobody has"
            return f"“{contract.title}” takes {needed}, and {requester.name}, who asked for this, is {requester.role}."
        if planned.run.surface not in contract.surfaces:
            return f"“{contract.title}” is no longer offered on the surface {planned.run.surface}."
    return ""
