"""Person confirmation: which cards no API key may confirm, but only a person, and what a key is told instead.

An API key can leak, and then it asks and confirms with one hand. So what can't be undone (or what its contract says)
needs somebody whom a password or an issuer vouches for at that moment: a ``member``, who comes in through the console
alone.
"""

from __future__ import annotations

from agent.pipeline import Plan, Refusal
from agent.runs.states import Planned
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from registry.confirmation import ConfirmBy


def is_person(actor: Actor) -> bool:
    """Whether a signed-in person acts. A key is not, whoever made it; nor is what a platform vouches for."""
    return actor.kind == "member"


def needs_person(context: WorkspaceContext, plan: Plan) -> bool:
    """Whether only a person may confirm, by the plan or by a contract as it is now: plans from before contracts said so
    count as those."""
    return plan.confirm_by is ConfirmBy.PERSON or any(
        contract.confirm_by is ConfirmBy.PERSON
        for step in plan.steps
        if (contract := context.catalogue.version(step.action, step.version) or context.catalogue.get(step.action))
    )


def refuse_key(context: WorkspaceContext, approver: Actor, planned: Planned, console_url: str) -> Refusal | None:
    """Refusal for a principal that may not confirm this card, with where a person does."""
    if is_person(approver) or not needs_person(context, planned.plan):
        return None
    return Refusal(
        code="person_required",
        detail="No API key may confirm this, whatever its scopes. A person who may approve it confirms it in the "
        "console: "
        f"{run_url(console_url, planned.run.id)}",
    )


def run_url(console_url: str, run_id: str) -> str:
    """The run's own page in the console."""
    return f"{console_url.rstrip('/')}/runs/{run_id}"
