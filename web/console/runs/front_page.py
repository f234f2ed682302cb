"""Front page: the input, what this person may ask for, and their latest requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from fastapi import Request
from fastapi.responses import Response

from agent.extract.limits import MAX_TEXT
from core.actor import OWNER
from registry.offers.offer import Offer, sort_by_title
from web.auth import get_container
from web.console import labels
from web.console.first_step import FirstStep, find_first_step
from web.console.pages import Page, render
from web.console.runs.conversation import NO_CONVERSATION, Conversation, load_conversation
from web.console.runs.runs import tell_awaiting, tell_own
from web.console.session import Visitor, make_shell

RECENT: Final = 6
ABLE: Final = 60
"""Most actions beside the input. The rest are on the contracts page."""
RECALLED: Final = 30


@dataclass(frozen=True, slots=True)
class AvailableAction:
    """A contract that this person may ask for, with example words."""

    title: str
    example: str
    risk: labels.Badge


@dataclass(frozen=True, slots=True)
class RecentRun:
    run_id: str
    text: str
    state: labels.Badge


@dataclass(frozen=True, kw_only=True)
class AskPage(Page):
    template: ClassVar[str] = "ask.html"
    said: str
    trouble: str
    able: tuple[AvailableAction, ...]
    all_able: int
    recent: tuple[RecentRun, ...]
    recalled: tuple[str, ...]
    max_chars: int
    talk: Conversation = NO_CONVERSATION
    first: FirstStep | None = None
    """What an owner does next who may run no action at all."""
    own: str = ""
    awaiting: str = ""
    """Says that cards of their own, or of others, wait for this person, or is empty."""


async def show_front_page(
    request: Request, visitor: Visitor, said: str, thread: str = "", trouble: str = "", status: int = 422
) -> Response:
    """The page with the input, which holds ``said``. ``trouble`` says why that was not taken."""
    container, talk = get_container(request), NO_CONVERSATION
    if thread:
        last = await container.runs.show(visitor.actor, thread)
        talk = await load_conversation(container.runs, visitor.actor, last, whole=True)
    context = await container.contexts.of(visitor.actor.workspace)
    recalled = await container.runs.list_runs(visitor.actor, limit=RECALLED)
    mine = [run for run in recalled if run.actor.person == visitor.actor.person]
    offers = sort_by_title(context.catalogue.offers(visitor.actor.role, "admin"))
    page = AskPage(
        shell=make_shell(request, visitor),
        title="Ask",
        said=said,
        trouble=trouble,
        able=tuple(map(to_available, offers[:ABLE])),
        all_able=len(offers),
        recent=tuple(
            RecentRun(run.id, labels.shorten(run.text, 160), labels.make_state_badge(run)) for run in mine[:RECENT]
        ),
        recalled=tuple(dict.fromkeys(run.text for run in mine)),
        max_chars=MAX_TEXT,
        talk=talk,
        first=None if offers or visitor.actor.role != OWNER else find_first_step(context.catalogue),
        own=tell_own(visitor),
        awaiting=await tell_awaiting(request, visitor),
    )
    return render(page, status=status if trouble else 200)


def to_available(offer: Offer) -> AvailableAction:
    return AvailableAction(offer.title, (offer.examples or (offer.title,))[0], labels.RISKS[offer.risk])
