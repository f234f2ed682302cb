"""Events, for owners: what was fired, what each subscriber made of it, and one fired by hand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

import store.deliveries
import store.events
import store.members
import store.rules
import store.webhooks
from core import canon
from core.errors import EventLoop, InvalidInput
from core.visible import visible
from events.subscribers import of_row
from registry import event_catalogue
from store.deliveries import DeliveryRow
from store.events import EventRow, ReactionRow, Standing
from store.rules import FiringRow
from store.webhooks import EndpointRow
from web import problem
from web.console.delivered import standing as standing_of
from web.console.forms import GuardedOwner
from web.console.history_filter import day
from web.console.pages import Page, redirect, show, wants_fragment
from web.console.single import single
from web.console.visitor import Owner, Visitor, shell
from web.console.words import Badge
from web.door import house_of

router = APIRouter(prefix="/events", include_in_schema=False)

PAGE: Final = 50
MAX_DELIVERIES: Final = 100
LOOK_FOR: Final = timedelta(minutes=2)
"""How long after it was fired an event's page looks again by itself."""
STANDINGS: Final[Mapping[Standing, Badge]] = {
    "firing": Badge("on its way", "busy"),
    "troubled": Badge("in trouble", "bad"),
    "done": Badge("done", "good"),
}
REACTIONS: Final[Mapping[str, Badge]] = {
    "pending": Badge("waits for its turn", "busy"),
    "retrying": Badge("tried again", "wait"),
    "done": Badge("done", "good"),
    "failed": Badge("failed", "bad"),
    "skipped": Badge("skipped", "quiet"),
}
_WHOLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filter as it stands in the form. Days are of UTC; ``until`` is included."""

    type: str = ""
    standing: str = ""
    since: str = ""
    until: str = ""

    @property
    def query(self) -> str:
        return urlencode({name: getattr(self, name) for name in self.__slots__ if getattr(self, name)})


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    name: str
    standing: Badge
    reactions: str
    origin: str
    fired_at: datetime


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class EventsPage(Page):
    template: ClassVar[str] = "events.html"
    chosen: Chosen
    standings: tuple[Option, ...]
    names: tuple[str, ...]
    lines: tuple[Line, ...]
    query: str
    first: bool
    next: str


@dataclass(frozen=True, slots=True)
class Told:
    """A delivery that the event made."""

    id: str
    url: str
    state: Badge
    status: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one subscriber made of the event; ``href`` leads to it, ``run_id`` to the run it made."""

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
    deliveries: tuple[Told, ...]


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


@dataclass(frozen=True, kw_only=True)
class FirePage(Page):
    template: ClassVar[str] = "event_fire.html"
    name: str
    data: str
    names: tuple[str, ...]
    known: bool
    trouble: str
    findings: tuple[str, ...]


async def chosen(
    type: Annotated[str, Query(max_length=100)] = "",  # noqa: A002  (the name in the address)
    standing: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
) -> Chosen:
    return Chosen(type.strip(), standing if standing in STANDINGS else "", since, until)


@router.get("")
async def events(
    request: Request,
    visitor: Owner,
    wanted: Annotated[Chosen, Depends(chosen)],
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    until = day(wanted.until)
    workspace = visitor.actor.workspace
    async with house_of(request).sessions.read() as session:
        rows = await store.events.listed(
            session, workspace, name=wanted.type or None, before=before, since=day(wanted.since),
            until=until + timedelta(days=1) if until else None, limit=PAGE,
            standing=next((each for each in STANDINGS if each == wanted.standing), None),
        )  # fmt: skip
        tallies = await store.events.tallies(session, workspace, [row.id for row in rows])
    page = EventsPage(
        shell=shell(request, visitor),
        title="Events",
        chosen=wanted,
        standings=tuple(Option(name, badge.text, name == wanted.standing) for name, badge in STANDINGS.items()),
        names=tuple(event_catalogue.every()),
        lines=tuple(_line(row, tallies.get(row.id, {})) for row in rows),
        query=wanted.query,
        first=before is None,
        next="&".join(filter(None, (wanted.query, f"before={rows[-1].id}"))) if len(rows) == PAGE else "",
    )
    return show(request, page)


@router.get("/fire")
async def fire_page(
    request: Request,
    visitor: Owner,
    type: Annotated[str, Query(max_length=100)] = "",  # noqa: A002  (the name in the address)
) -> Response:
    known = event_catalogue.get(type.strip())
    sample = json.dumps(dict(known.sample), ensure_ascii=False, indent=2) if known else "{}"
    return _fire_page(request, visitor, type.strip(), sample)


@router.post("")
async def fire(request: Request, form: GuardedOwner) -> Response:
    visitor, name, data = form.member, form.get("name", limit=200).strip(), form.get("data", limit=200_000)
    try:
        value = canon.loads(data.encode() or b"{}")
        if not isinstance(value, dict):
            raise InvalidInput("The data of an event is a JSON object.")
        async with single(request, form) as also:
            fired = await house_of(request).events.firing.fire(
                visitor.actor, name, value, request_id=problem.request_id(request), also=also
            )
    except (InvalidInput, EventLoop) as error:
        findings = tuple(visible(f"{each.pointer}: {each.detail}") for each in error.findings)
        return _fire_page(request, visitor, name, data, error.detail, findings)
    return redirect(f"/events/{fired.id}")


@router.get("/{event_id}")
async def event(
    request: Request, visitor: Owner, event_id: str, seen: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """``seen`` stands for what the page shows already: while nothing has moved there is nothing to put in its place (204)."""
    house, workspace = house_of(request), visitor.actor.workspace
    async with house.sessions.read() as session:
        row = await store.events.get(session, workspace, event_id)
        reactions = await store.events.reactions(session, workspace, event_id)
        filters = store.deliveries.Filters(event_id=event_id)
        sent = await store.deliveries.listed(session, workspace, filters, limit=MAX_DELIVERIES)
        shown = _stands(row, reactions, sent)
        if wants_fragment(request) and seen == shown:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        firings = await store.rules.firings_of(session, workspace, event_id)
        names = await store.rules.names(session, workspace, [each.subscriber for each in reactions])
        endpoints = await store.webhooks.by_ids(session, [each.endpoint for each in sent])
        people = await store.members.listed(session, workspace)
    told = tuple(_told(each, endpoints) for each in sent)
    troubled = any(each.state in store.events.TROUBLED for each in reactions)
    unsettled = row.state == "firing" or any(each.state == "pending" and not each.attempts for each in sent)
    page = EventPage(
        shell=shell(request, visitor),
        title=row.name,
        event_id=row.id,
        name=row.name,
        known=event_catalogue.get(row.name) is not None,
        standing=STANDINGS["troubled" if troubled else "done" if row.state == "done" else "firing"],
        occurred_at=row.occurred_at,
        fired_at=row.fired_at,
        finished_at=row.finished_at,
        origin=_origin(row.origin, {each.id: each.name for each in people}),
        cause=_cause(row.cause),
        depth=row.depth,
        request_id=row.request_id or "",
        data=visible(json.dumps(dict(of_row(row).data), ensure_ascii=False, indent=2), lines=True, limit=_WHOLE),
        reactions=tuple(_reaction(at + 1, each, names, firings, told) for at, each in enumerate(reactions)),
        moving=unsettled and house.clock() - row.fired_at < LOOK_FOR,
        seen=shown,
    )
    return show(request, page)


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(row: EventRow, tally: Mapping[str, int]) -> Line:
    troubled = sum(tally.get(each, 0) for each in store.events.TROUBLED)
    total = sum(tally.values())
    return Line(
        id=row.id,
        name=row.name,
        standing=STANDINGS["troubled" if troubled else "done" if row.state == "done" else "firing"],
        reactions=f"{total - troubled} of {total} well" if troubled else str(total) if total else "nobody",
        origin=_short(row.origin),
        fired_at=row.fired_at,
    )


def _short(origin: str) -> str:
    """``key:key_…`` as ‘API key’: which one, the event's own page says."""
    kind, _, name = origin.partition(":")
    words = {
        "key": "API key",
        "member": "a person",
        "connector": f"connector {name}",
        "identity": "a platform's person",
    }
    return visible(words.get(kind, origin), limit=80)


def _origin(origin: str, people: Mapping[str, str]) -> Link:
    kind, _, name = origin.partition(":")
    match kind:
        case "key":
            return Link(f"API key {name}", f"/keys/{name}")
        case "member":
            return Link(visible(people.get(name, name), limit=80), "")
        case "connector":
            return Link(visible(f"connector {name}", limit=100), f"/connectors/{name}")
    return Link(visible(origin, limit=100), "")


def _cause(cause: str | None) -> Link | None:
    if not cause:
        return None
    place = {"evt": f"/events/{cause}", "run": f"/runs/{cause}"}.get(cause.partition("_")[0], "")
    return Link(visible(cause, limit=80), place)


def _told(row: DeliveryRow, endpoints: Mapping[str, EndpointRow]) -> Told:
    there = endpoints.get(row.endpoint)
    return Told(
        row.id, visible(there.url, limit=300) if there else row.endpoint, standing_of(row), str(row.status or "")
    )


def _reaction(
    number: int,
    row: ReactionRow,
    names: Mapping[str, str],
    firings: Mapping[str, FiringRow],
    told: tuple[Told, ...],
) -> Reaction:
    who, what, href = _subscriber(row.subscriber, names)
    firing = firings.get(row.subscriber)
    return Reaction(
        number=number,
        who=who,
        what=what,
        href=href,
        state=REACTIONS[row.state],
        detail=visible(row.detail, limit=1000),
        error=visible(row.error, limit=1000),
        attempts=row.attempts,
        blocking=row.blocking,
        run_id=firing.run_id or "" if firing else "",
        deliveries=told if row.subscriber == "webhooks" else (),
    )


def _subscriber(name: str, names: Mapping[str, str]) -> tuple[str, str, str]:
    """Who reacts, what that is, and where it is found: empty where it is gone."""
    kind, _, rest = name.partition(":")
    if name == "webhooks":
        return "Webhook endpoints", "webhooks", "/webhooks"
    if kind == "connector":
        connector, _, theirs = rest.partition(":")
        return visible(theirs, limit=100), visible(f"connector {connector}", limit=100), f"/connectors/{connector}"
    if name.startswith("ins_"):
        place = f"/rules/instructions/{name}" if name in names else ""
        return visible(names.get(name, name), limit=120), "instruction", place
    if name.startswith("rul_"):
        return visible(names.get(name, name), limit=120), "rule", f"/rules/{name}" if name in names else ""
    return visible(name, limit=100), "subscriber", ""


def _stands(row: EventRow, reactions: Sequence[ReactionRow], sent: Sequence[DeliveryRow]) -> str:
    whole: list[Any] = [row.state]
    whole += [(each.subscriber, each.state, each.attempts) for each in reactions]
    whole += [(each.id, each.state, each.attempts) for each in sent]
    return hashlib.sha256(repr(whole).encode()).hexdigest()[:16]


def _fire_page(
    request: Request, visitor: Visitor, name: str, data: str, trouble: str = "", findings: tuple[str, ...] = ()
) -> Response:
    page = FirePage(
        shell=shell(request, visitor),
        title="Fire an event",
        name=name[:100],
        data=data,
        names=tuple(event_catalogue.every()),
        known=event_catalogue.get(name) is not None,
        trouble=trouble,
        findings=findings,
    )
    return show(request, page, status=422 if trouble else 200)
