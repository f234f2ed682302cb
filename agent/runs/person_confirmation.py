"""Person confirmation: which cards only a person may confirm, and what an API key is told instead.

A leaked API key could both ask and confirm. So an irreversible action, or one whose contract says so, needs somebody
for whom a password or an issuer vouches at that moment: a ``member``, who comes in through the console only.
"""

from __future__ import annotations

from agent.pipeline import Plan, Refusal
from agent.runs.states import Planned
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from registry.confirmation import ConfirmBy


def is_person(actor: Actor) -> bool:
    """Whether a signed-in person acts. A key isn't one, whoever made it, and neither is a platform's user."""
    return actor.kind == "member"


def needs_person(context: WorkspaceContext, plan: Plan) -> bool:
    """Whether only a person may confirm, according to the plan or to a contract as it is now. Plans made before
    contracts could say so are included."""
    return plan.confirm_by is ConfirmBy.PERSON or any(
        contract.confirm_by is ConfirmBy.PERSON
        for step in plan.steps
        if (contract := context.catalogue.version(step.action, step.version) or context.catalogue.get(step.action))
    )


def refuse_key(context: WorkspaceContext, approver: Actor, planned: Planned, console_url: str) -> Refusal | None:
    """Refuses a principal that may not confirm this card, and says where a person does."""
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
