"""Event page, for owners: an event's origin, and each subscriber's reaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.accounts.api_keys
import store.accounts.members
import store.automations
import store.events.events
import store.webhooks.deliveries
import store.webhooks.endpoints
from core.display_text import to_display_text
from events.subscribers import make_event
from registry.events import event_catalogue
from store.automations import FiringRow
from store.events.events import EventRow, ReactionRow
from store.webhooks.deliveries import DeliveryRow
from store.webhooks.endpoints import EndpointRow
from web.auth import get_container
from web.console.automations.firing_badge import load_run_states, make_firing_badge
from web.console.events.events import make_state_badge
from web.console.labels import Badge
from web.console.pages import Page, show, wants_fragment
from web.console.session import Owner, make_shell
from web.console.webhooks.delivery_status import make_state_badge as standing_of

router = APIRouter(prefix="/events", include_in_schema=False)

MAX_DELIVERIES: Final = 100
LOOK_FOR: Final = timedelta(minutes=2)
"""Time after the firing in which the page reloads by itself."""
REACTIONS: Final[Mapping[str, Badge]] = {
    "pending": Badge("waits for its turn", "busy"),
    "retrying": Badge("tried again", "wait"),
    "done": Badge("done", "good"),
    "failed": Badge("failed", "bad"),
    "skipped": Badge("skipped", "quiet"),
}
_WHOLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class DeliveryLink:
    """A delivery of the event."""

    id: str
    url: str
    state: Badge
    status: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One subscriber's reaction to the event. ``href`` leads to the subscriber, ``run_id`` to the run that it
    caused."""

    number: int
    who: str
    what: str
    href: str
    state: Badge
    detail: str
    error: str
    attempts: int
    blocking: bool
    run_id: str
    deliveries: tuple[DeliveryLink, ...]


@dataclass(frozen=True, slots=True)
class Link:
    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class EventPage(Page):
    template: ClassVar[str] = "event.html"
    event_id: str
    name: str
    known: bool
    standing: Badge
    occurred_at: datetime
    fired_at: datetime
    finished_at: datetime | None
    origin: Link
    cause: Link | None
    depth: int
    request_id: str
    data: str
    reactions: tuple[Reaction, ...]
    moving: bool
    seen: str
    test: bool = False


@router.get("/{event_id}")
async def show_event(
    request: Request, visitor: Owner, event_id: str, seen: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """The event's page. ``seen`` stands for the state that the page already shows. While that is current, the answer is
    204."""
    container, workspace = get_container(request), visitor.actor.workspace
    async with container.database.read() as session:
        row = await store.events.events.get(session, workspace, event_id)
        reactions = await store.events.events.reactions(session, workspace, event_id)
        filters = store.webhooks.deliveries.DeliveryFilters(event_id=event_id)
        sent = await store.webhooks.deliveries.listed(session, workspace, filters, limit=MAX_DELIVERIES)
        firings = await store.automations.firings_of(session, workspace, event_id)
        states = await load_run_states(session, workspace, firings.values())
        shown = _stands(row, reactions, sent, states)
        if wants_fragment(request) and seen == shown:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        names = await store.automations.names(session, workspace, [each.subscriber for each in reactions])
        endpoints = await store.webhooks.endpoints.by_ids(session, [each.endpoint for each in sent])
        people = await store.accounts.members.listed(session, workspace)
        keys = await store.accounts.api_keys.listed(session, workspace)
    told = tuple(_to_delivery_link(each, endpoints) for each in sent)
    came = {source: make_firing_badge(firing, states) for source, firing in firings.items()}
    told_of = tuple(_reaction(at + 1, each, names, firings, came, told) for at, each in enumerate(reactions))
    unsettled = row.state == "firing" or any(each.state == "pending" and not each.attempts for each in sent)
    page = EventPage(
        shell=make_shell(request, visitor),
        title=row.name,
        event_id=row.id,
        name=row.name,
        known=event_catalogue.get(row.name) is not None,
        standing=make_state_badge(row, any(each.state.tone in ("bad", "wait") for each in told_of)),
        occurred_at=row.occurred_at,
        fired_at=row.fired_at,
        finished_at=row.finished_at,
        origin=_origin(row.origin, {each.id: each.name for each in people} | {each.id: each.name for each in keys}),
        cause=_cause(row.cause),
        depth=row.depth,
        request_id=row.request_id or "",
        data=to_display_text(
            json.dumps(dict(make_event(row).data), ensure_ascii=False, indent=2), lines=True, limit=_WHOLE
        ),
        reactions=told_of,
        moving=unsettled and container.clock() - row.fired_at < LOOK_FOR,
        seen=shown,
        test=row.mode != "live",
    )
    return show(request, page)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _origin(origin: str, names: Mapping[str, str]) -> Link:
    kind, _, name = origin.partition(":")
    match kind:
        case "key":
            return Link(to_display_text(f"the API key {names.get(name, name)}", limit=100), f"/keys/{name}")
        case "member":
            return Link(to_display_text(names.get(name, name), limit=80), "")
        case "connector":
            return Link(to_display_text(f"connector {name}", limit=100), f"/connectors/{name}")
    return Link(to_display_text(origin, limit=100), "")


def _cause(cause: str | None) -> Link | None:
    if not cause:
        return None
    place = {"evt": f"/events/{cause}", "run": f"/runs/{cause}"}.get(cause.partition("_")[0], "")
    return Link(to_display_text(cause, limit=80), place)


def _to_delivery_link(row: DeliveryRow, endpoints: Mapping[str, EndpointRow]) -> DeliveryLink:
    there = endpoints.get(row.endpoint)
    return DeliveryLink(
        row.id,
        to_display_text(there.url, limit=300) if there else row.endpoint,
        standing_of(row),
        str(row.status or ""),
    )


def _reaction(
    number: int,
    row: ReactionRow,
    names: Mapping[str, str],
    firings: Mapping[str, FiringRow],
    came: Mapping[str, Badge],
    told: tuple[DeliveryLink, ...],
) -> Reaction:
    who, what, href = _subscriber(row.subscriber, names)
    firing = firings.get(row.subscriber)
    return Reaction(
        number=number,
        who=who,
        what=what,
        href=href,
        state=_state(row, came.get(row.subscriber)),
        detail=to_display_text(row.detail, limit=1000),
        error=to_display_text(row.error, limit=1000),
        attempts=row.attempts,
        blocking=row.blocking,
        run_id=firing.run_id or "" if firing else "",
        deliveries=told if row.subscriber == "webhooks" else (),
    )


def _state(row: ReactionRow, came: Badge | None) -> Badge:
    """The state of a reaction. ``came`` is what came of it by a rule or an instruction: a loss is not “done”."""
    return came if came is not None and came.tone == "bad" and row.state == "done" else REACTIONS[row.state]


def _subscriber(name: str, names: Mapping[str, str]) -> tuple[str, str, str]:
    """Who reacts, what kind of subscriber it is, and its link. The link is empty if the subscriber was deleted."""
    kind, _, rest = name.partition(":")
    if name == "webhooks":
        return "Webhook endpoints", "webhooks", "/webhooks"
    if kind == "connector":
        connector, _, theirs = rest.partition(":")
        return (
            to_display_text(theirs, limit=100),
            to_display_text(f"connector {connector}", limit=100),
            f"/connectors/{connector}",
        )
    if kind == "mirror":
        return "Records kept here", to_display_text(f"connector {rest}", limit=100), f"/connectors/{rest}"
    if name.startswith("ins_"):
        place = f"/rules/instructions/{name}" if name in names else ""
        return to_display_text(names.get(name, name), limit=120), "instruction", place
    if name.startswith("rul_"):
        return to_display_text(names.get(name, name), limit=120), "rule", f"/rules/{name}" if name in names else ""
    return to_display_text(name, limit=100), "subscriber", ""


def _stands(
    row: EventRow, reactions: Sequence[ReactionRow], sent: Sequence[DeliveryRow], states: Mapping[str, str]
) -> str:
    whole: list[Any] = [row.state, sorted(states.items())]
    whole += [(each.subscriber, each.state, each.attempts) for each in reactions]
    whole += [(each.id, each.state, each.attempts) for each in sent]
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]
