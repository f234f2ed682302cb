"""Simulation page, for owners: a request is resolved and checked like any other, but never stored or sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from fastapi import APIRouter, Request
from fastapi.responses import Response

from agent.pipeline import Abstain, Plan, Question, Refusal, Reply
from agent.runs.states import Planned
from core.display_text import to_display_text
from core.errors import OpsIQError
from registry.contract import Contract
from web.auth import get_container
from web.console.forms import GuardedOwner
from web.console.pages import Page, show
from web.console.runs import card
from web.console.runs.card import Card
from web.console.session import Owner, Visitor, count_text, make_shell

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class SimulatedRequest:
    """Result of a simulated request: ``card``, ``question`` (with ``options``) or ``refused``."""

    card: Card | None = None
    held: bool = False
    question: str = ""
    options: tuple[str, ...] = ()
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class RehearsePage(Page):
    template: ClassVar[str] = "rehearse.html"
    said: str
    trouble: str
    tried: SimulatedRequest | None
    revision: int


@router.get("/rehearse")
async def show_rehearsal(request: Request, visitor: Owner) -> Response:
    return show(request, _rehearsal(request, visitor, ""))


@router.post("/rehearse")
async def rehearse(request: Request, form: GuardedOwner) -> Response:
    """Resolves and validates a request like any other. It is never stored or sent."""
    visitor, said = form.member, form.get("text", limit=4000)
    try:
        return show(request, _rehearsal(request, visitor, said, tried=await simulate(request, visitor, said)))
    except OpsIQError as error:
        return show(request, _rehearsal(request, visitor, said, trouble=error.detail), status=422)


async def simulate(request: Request, visitor: Visitor, said: str, draft: Contract | None = None) -> SimulatedRequest:
    """The result that a request would have, with ``draft`` in force in place of the contract of the same name."""
    await count_text(request, visitor)
    done = await get_container(request).simulations.simulate(visitor.actor, said, draft=draft)
    match done.verdict:
        case Plan() as plan:
            context = await get_container(request).contexts.of(visitor.actor.workspace)
            planned = Planned(done.run.with_(plan=plan), plan)
            return SimulatedRequest(card=card.make_card(planned, visitor.actor, context.kinds), held=bool(plan.held))
        case Question() as question:
            options = tuple(
                f"{to_display_text(each.label)} {to_display_text(each.detail)}".strip() for each in question.candidates
            )
            return SimulatedRequest(question=to_display_text(question.text), options=options)
        case Refusal() | Abstain() as no:
            return SimulatedRequest(refused=to_display_text(no.detail))
        case Reply() as reply:
            return SimulatedRequest(refused=to_display_text(reply.text, lines=True))


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _rehearsal(
    request: Request, visitor: Visitor, said: str, *, trouble: str = "", tried: SimulatedRequest | None = None
) -> RehearsePage:
    return RehearsePage(
        shell=make_shell(request, visitor), title="Try a request", said=said, trouble=trouble, tried=tried, revision=0
    )
