"""Run lists: the visitor's own runs (all runs for an owner), and the cards that wait for the visitor's approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from agent.pipeline import RunState
from agent.runs.run import Run
from agent.runs.test_mode import is_test
from agent.workspace import authority
from core.actor import OWNER
from core.display_text import to_display_text
from registry.catalogue import Catalogue
from registry.contract import Risk
from web.auth import get_container
from web.console import labels
from web.console.labels import Badge
from web.console.pages import Page, render
from web.console.session import SignedIn, Visitor, make_shell

router = APIRouter(include_in_schema=False)

PAGE: Final = 30
LOOKED_AT: Final = 20
"""Most held cards that the front page looks at."""
OWN: Final = frozenset({"waiting", "asked"})
"""Groups of what waits for the person who asked, so that an owner sees only their own in them."""
GROUPS: Final[Mapping[str, tuple[str, tuple[RunState, ...]]]] = {
    "": ("All", ()),
    "waiting": ("To confirm", ("held",)),
    "asked": ("Questions", ("asked",)),
    "done": ("Done or answered", ("succeeded", "answered")),
    "failed": ("Failed or unknown", ("failed", "unknown")),
    "unsent": ("Nothing sent", ("refused", "abstained", "rejected", "expired")),
}
"""Choices on the page of runs: the label and the states of each, by its name in the address."""
_DEAD: Final = Badge("can't be confirmed", "quiet")


@dataclass(frozen=True, slots=True)
class RunRow:
    run_id: str
    text: str
    state: Badge
    who: str
    actions: str
    at: datetime
    test: bool = False
    obstacle: str = ""
    """Why nobody can confirm its card any more, though it waits."""


@dataclass(frozen=True, slots=True)
class StateGroup:
    """A choice of runs by state. ``here``: it is chosen."""

    query: str
    label: str
    here: bool


@dataclass(frozen=True, kw_only=True)
class RunsPage(Page):
    template: ClassVar[str] = "runs.html"
    lines: tuple[RunRow, ...]
    everybodys: bool
    first: bool
    next: str
    groups: tuple[StateGroup, ...]
    query: str
    """The chosen group in the address, or empty for all."""


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    run_id: str
    text: str
    preview: str
    who: str
    role: str
    since: datetime
    expires_at: datetime | None
    given: int
    needed: int
    approved_by: str
    risk: Badge | None


@dataclass(frozen=True, kw_only=True)
class ApprovalsPage(Page):
    template: ClassVar[str] = "approvals.html"
    waiting: tuple[ApprovalRow, ...]
    own: str
    """Says how many cards of this person's own wait for them, or is empty."""
    first: bool
    next: str


@router.get("/runs")
async def show_runs(
    request: Request,
    visitor: SignedIn,
    before: Annotated[str | None, Query(max_length=64)] = None,
    state: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """Runs, newest first. ``state`` is one of ``GROUPS``, and anything else shows all."""
    container = get_container(request)
    group = state if state in GROUPS else ""
    listed, following = await container.runs.list_page(
        visitor.actor, states=GROUPS[group][1], own=group in OWN, before=before, limit=PAGE
    )
    catalogue = (await container.contexts.of(visitor.actor.workspace)).catalogue
    obstacles = await container.runs.find_obstacles(listed)
    page = RunsPage(
        shell=make_shell(request, visitor),
        title="Runs",
        lines=tuple(_line(run, catalogue, obstacles.get(run.id, "")) for run in listed),
        everybodys=visitor.actor.role == OWNER,
        first=before is None,
        next=following or "",
        groups=tuple(
            StateGroup(f"?state={name}" if name else "", label, name == group) for name, (label, _) in GROUPS.items()
        ),
        query=f"?state={group}" if group else "",
    )
    return render(page)


@router.get("/approvals")
async def show_approvals(
    request: Request, visitor: SignedIn, after: Annotated[str | None, Query(max_length=64)] = None
) -> Response:
    """Cards that others asked for and this person may approve. One's own cards are among one's runs."""
    held, following = await get_container(request).runs.list_awaiting(visitor.actor, after=after, limit=PAGE)
    page = ApprovalsPage(
        shell=make_shell(request, visitor),
        title="Approvals",
        waiting=tuple(map(_waiting, held)),
        own=tell_own(visitor),
        first=after is None,
        next=following or "",
    )
    return render(page)


def tell_own(visitor: Visitor) -> str:
    """Says how many cards of their own wait for this person, or is empty for none."""
    count = visitor.waiting
    return f"{count} cards of yours wait" if count > 1 else "A card of yours waits" if count else ""


async def tell_awaiting(request: Request, visitor: Visitor) -> str:
    """Says how many requests of other people wait for this person's approval, or is empty for none. It looks only at
    the newest held cards, because every visit of the front page does this."""
    held, more = await get_container(request).runs.list_newest_awaiting(visitor.actor, looks=LOOKED_AT)
    count = sum(not authority.owns(visitor.actor, run) for run in held)
    if count == 1 and not more:
        return "A request of somebody else waits"
    if more and count:
        return f"{count} or more requests of others wait" if count == LOOKED_AT else "Requests of others wait"
    return f"{count} requests of others wait" if count else ""


def _line(run: Run, catalogue: Catalogue, obstacle: str) -> RunRow:
    named = [catalogue.get(each) for each in run.actions]
    return RunRow(
        run.id,
        labels.shorten(run.text, 240),
        _DEAD if obstacle else labels.make_state_badge(run),
        labels.name_actor(run.actor, 80),
        to_display_text(
            labels.name_actions([each.title if each else name for each, name in zip(named, run.actions, strict=True)]),
            limit=240,
        ),
        run.created_at,
        is_test(run),
        to_display_text(obstacle, limit=400),
    )


def _name_actions(titles: Sequence[str]) -> str:
    """The names of the actions, with a total first if they differ."""
    named = labels.name_actions(titles)
    return f"{len(titles)} actions: {named}" if len(set(titles)) > 1 else named


def _waiting(run: Run) -> ApprovalRow:
    steps = run.plan.steps if run.plan else ()
    return ApprovalRow(
        run_id=run.id,
        text=labels.shorten(run.text, 240),
        preview=to_display_text(steps[0].preview, limit=300)
        if len(steps) == 1
        else to_display_text(_name_actions([step.title for step in steps]), limit=300),
        who=labels.name_asker_in_full(run, 80),
        role=run.actor.role,
        since=run.held_at or run.updated_at,
        expires_at=run.expires_at,
        given=len(run.approvals),
        needed=run.plan.approvals if run.plan else 1,
        approved_by=", ".join(to_display_text(each.name, limit=80) for each in run.approvals),
        risk=labels.RISKS[max((step.risk for step in steps), key=list(Risk).index)] if steps else None,
    )
