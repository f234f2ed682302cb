"""Event list, for owners: what was published, and publishing one by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

import store.accounts.members
import store.events.events
from core import canon
from core.display_text import to_display_text
from core.errors import EventLoop, InvalidInput
from registry.events import event_catalogue
from store.events.events import EventRow, EventStanding
from web import problem
from web.auth import get_container
from web.console.forms import FormOption, GuardedOwner
from web.console.history.history_filter import parse_days
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, cut_page, redirect, show
from web.console.session import Owner, Visitor, make_clock, make_shell

router = APIRouter(prefix="/events", include_in_schema=False)

PAGE: Final = 50
STANDINGS: Final[Mapping[EventStanding, Badge]] = {
    "firing": Badge("on its way", "busy"),
    "troubled": Badge("in trouble", "bad"),
    "done": Badge("done", "good"),
}


@dataclass(frozen=True, slots=True)
class EventFilter:
    """The filter as the form shows it. Days are on the console's clock, and ``until`` is included."""

    type: str = ""
    standing: str = ""
    since: str = ""
    until: str = ""

    @property
    def query(self) -> str:
        return urlencode({name: getattr(self, name) for name in self.__slots__ if getattr(self, name)})


@dataclass(frozen=True, slots=True)
class EventTableRow:
    id: str
    name: str
    standing: Badge
    reactions: str
    origin: str
    fired_at: datetime
    test: bool = False


@dataclass(frozen=True, kw_only=True)
class EventsPage(Page):
    template: ClassVar[str] = "events.html"
    chosen: EventFilter
    standings: tuple[FormOption, ...]
    names: tuple[str, ...]
    lines: tuple[EventTableRow, ...]
    query: str
    first: bool
    next: str


@dataclass(frozen=True, kw_only=True)
class FirePage(Page):
    template: ClassVar[str] = "event_fire.html"
    name: str
    data: str
    names: tuple[str, ...]
    known: bool
    trouble: str
    findings: tuple[str, ...]


async def read_filter(
    type: Annotated[str, Query(max_length=100)] = "",  # noqa: A002  (the name in the address)
    standing: Annotated[str, Query(max_length=20)] = "",
    since: Annotated[str, Query(max_length=10)] = "",
    until: Annotated[str, Query(max_length=10)] = "",
) -> EventFilter:
    return EventFilter(type.strip(), standing if standing in STANDINGS else "", since, until)


@router.get("")
async def show_events(
    request: Request,
    visitor: Owner,
    wanted: Annotated[EventFilter, Depends(read_filter)],
    before: Annotated[str | None, Query(max_length=64)] = None,
) -> Response:
    since, until = parse_days(make_clock(request), wanted.since, wanted.until)
    workspace = visitor.actor.workspace
    async with get_container(request).database.read() as session:
        rows = await store.events.events.listed(
            session,
            workspace,
            name=wanted.type or None,
            before=before,
            since=since,
            until=until,
            limit=PAGE + 1,
            standing=next((each for each in STANDINGS if each == wanted.standing), None),
        )
        rows, more = cut_page(rows, PAGE)
        tallies = await store.events.events.reaction_counts(session, workspace, [row.id for row in rows])
        people = {each.id: each.name for each in await store.accounts.members.listed(session, workspace)}
    page = EventsPage(
        shell=make_shell(request, visitor),
        title="Events",
        chosen=wanted,
        standings=tuple(FormOption(name, badge.text, name == wanted.standing) for name, badge in STANDINGS.items()),
        names=tuple(event_catalogue.load_event_types()),
        lines=tuple(_line(row, tallies.get(row.id, {}), people) for row in rows),
        query=wanted.query,
        first=before is None,
        next="&".join(filter(None, (wanted.query, f"before={rows[-1].id}"))) if more else "",
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
        async with use_form_once(request, form) as in_transaction:
            fired = await get_container(request).events.publisher.publish(
                visitor.actor, name, value, request_id=problem.find_request_id(request), in_transaction=in_transaction
            )
    except (InvalidInput, EventLoop) as error:
        findings = tuple(to_display_text(f"{each.pointer}: {each.detail}") for each in error.findings)
        return _fire_page(request, visitor, name, data, error.detail, findings)
    return redirect(f"/events/{fired.id}")


def make_state_badge(row: EventRow, troubled: bool) -> Badge:
    """State of an event as a badge. ``troubled``: one of its reactions failed."""
    return STANDINGS["troubled" if troubled else "done" if row.state == "done" else "firing"]


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _line(row: EventRow, tally: Mapping[str, int], people: Mapping[str, str]) -> EventTableRow:
    troubled = sum(tally.get(each, 0) for each in (*store.events.events.TROUBLED, "lost"))
    total = sum(tally.values())
    return EventTableRow(
        id=row.id,
        name=row.name,
        standing=make_state_badge(row, troubled > 0),
        reactions=f"{total - troubled} of {total} well" if troubled else str(total) if total else "nobody",
        origin=_short(row.origin, people),
        fired_at=row.fired_at,
        test=row.mode != "live",
    )


def _short(origin: str, people: Mapping[str, str]) -> str:
    """``key:key_…`` as ‘API key’, ``member:mem_…`` by name. The event's own page says which key."""
    kind, _, name = origin.partition(":")
    words = {
        "key": "API key",
        "member": people.get(name, "a person"),
        "connector": f"connector {name}",
        "identity": "a platform's person",
    }
    return to_display_text(words.get(kind, origin), limit=80)


def _fire_page(
    request: Request, visitor: Visitor, name: str, data: str, trouble: str = "", findings: tuple[str, ...] = ()
) -> Response:
    page = FirePage(
        shell=make_shell(request, visitor),
        title="Fire an event",
        name=name[:100],
        data=data,
        names=tuple(event_catalogue.load_event_types()),
        known=event_catalogue.get(name) is not None,
        trouble=trouble,
        findings=findings,
    )
    return show(request, page, status=422 if trouble else 200)
