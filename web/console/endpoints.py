"""Webhook endpoints, for owners: listed with their health, made, changed, paused, rotated, tested, caught up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.deliveries
from core.errors import InvalidInput
from core.visible import visible
from events.webhooks.endpoints import Made, Shown
from events.webhooks.secrets import BOTH_VALID
from registry import event_catalogue
from registry.event_names import fits_any
from store.deliveries import DeliveryRow
from store.webhooks import Rate
from web import problem
from web.console import words
from web.console.endpoint_form import Given, given_of, read
from web.console.forms import Form, GuardedOwner
from web.console.pages import Page, redirect, show
from web.console.secret import Line as Copied
from web.console.secret import SecretPage
from web.console.single import single
from web.console.visitor import Owner, Visitor, shell
from web.console.words import Badge
from web.door import house_of

router = APIRouter(prefix="/webhooks", include_in_schema=False)

PAGE: Final = 30
ENDPOINTS: Final[Mapping[str, Badge]] = {
    "active": Badge("active", "good"),
    "paused": Badge("paused", "wait"),
    "disabled": Badge("disabled", "bad"),
}
DELIVERIES: Final[Mapping[str, Badge]] = {
    "pending": Badge("pending", "busy"),
    "succeeded": Badge("delivered", "good"),
    "failed": Badge("failed", "bad"),
}
RETRYING: Final = Badge("retrying", "wait")
ADVICE: Final = (
    "Your side verifies each delivery with it (Standard Webhooks). Copy it now and keep it where you keep passwords: "
    "nobody can see it again."
)
DID: Final[Mapping[str, str]] = {
    "changed": "Changed. What is sent from now on goes by it.",
    "recover": "Failed deliveries of that span are being sent again, one attempt each. They move in the list below.",
    "replay": "Events of that span that it wants and has no delivery of are being delivered, newest first.",
}


@dataclass(frozen=True, slots=True)
class Health:
    """Of the last 24 hours: how many attempts, and which share of them went well."""

    rate: Badge
    attempts: str


@dataclass(frozen=True, slots=True)
class Line:
    id: str
    url: str
    description: str
    patterns: str
    state: Badge
    health: Health
    last_attempt_at: datetime | None
    why: str


@dataclass(frozen=True, kw_only=True)
class EndpointsPage(Page):
    template: ClassVar[str] = "endpoints.html"
    lines: tuple[Line, ...]
    disabled: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery as a line."""

    id: str
    event: str
    state: Badge
    status: str
    attempts: int
    cause: str
    created_at: datetime
    detail: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of the deliveries."""

    state: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class EndpointPage(Page):
    """``since`` is where a span to send again would begin; ``paused`` and ``disabled`` say what can be done."""

    template: ClassVar[str] = "endpoint.html"
    endpoint_id: str
    url: str
    description: str
    patterns: tuple[str, ...]
    headers: str
    per_minute: str
    state: Badge
    active: bool
    disabled: bool
    why: str
    health: Health
    last_success_at: datetime | None
    last_failure_at: datetime | None
    failing_since: datetime | None
    consecutive_failures: int
    slowed: str
    rotating_until: datetime | None
    created_at: datetime
    overlap_h: int
    wanted: Wanted
    states: tuple[Option, ...]
    tests: tuple[Option, ...]
    deliveries: tuple[Sent, ...]
    first: bool
    next: str
    since: str
    notice: str
    trouble: str


@dataclass(frozen=True, slots=True)
class Tick:
    name: str
    title: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    ticks: tuple[Tick, ...]


@dataclass(frozen=True, kw_only=True)
class EndpointFormPage(Page):
    """The form of a new endpoint, or of one that is changed: then ``endpoint_id`` is its id, ``kept`` the headers it has."""

    template: ClassVar[str] = "endpoint_form.html"
    endpoint_id: str
    given: Given
    kept: str
    catalogue: tuple[Category, ...]
    trouble: str


@router.get("")
async def endpoints(request: Request, visitor: Owner) -> Response:
    shown = await house_of(request).webhooks.endpoints.listed(visitor.actor)
    lines = tuple(map(_line, shown))
    page = EndpointsPage(
        shell=shell(request, visitor),
        title="Webhooks",
        lines=lines,
        disabled=tuple(line for line, each in zip(lines, shown, strict=True) if each.row.state == "disabled"),
    )
    return show(request, page)


@router.get("/new")
async def new(request: Request, visitor: Owner) -> Response:
    return _form(request, visitor, Given())


@router.post("")
async def create(request: Request, form: GuardedOwner) -> Response:
    visitor, given = form.member, given_of(form)
    try:
        body = read(given)
        async with single(request, form) as also:
            made = await house_of(request).webhooks.endpoints.create(
                visitor.actor, body.url, body.events, description=body.description, headers=body.headers,
                per_minute=body.per_minute, request_id=problem.request_id(request), also=also,
            )  # fmt: skip
    except InvalidInput as error:
        return _form(request, visitor, given, trouble=error.detail)
    return _secret(request, visitor, made, "The endpoint is made", ADVICE, status=201)


@router.get("/{endpoint_id}")
async def endpoint(
    request: Request,
    visitor: Owner,
    endpoint_id: str,
    state: Annotated[str, Query(max_length=20)] = "",
    event: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[str | None, Query(max_length=64)] = None,
    did: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    wanted = Wanted(state if state in DELIVERIES else "", event.strip())
    return await _endpoint(request, visitor, endpoint_id, wanted, before, notice=DID.get(did, ""))


@router.get("/{endpoint_id}/edit")
async def edit(request: Request, visitor: Owner, endpoint_id: str) -> Response:
    shown = await house_of(request).webhooks.endpoints.show(visitor.actor, endpoint_id)
    row = shown.row
    given = Given(row.url, "\n".join(row.patterns.split()), row.description, "", str(row.per_minute or ""))
    return _form(request, visitor, given, shown)


@router.post("/{endpoint_id}/edit")
async def change(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    visitor, given = form.member, given_of(form)
    endpoints = house_of(request).webhooks.endpoints
    shown = await endpoints.show(visitor.actor, endpoint_id)
    try:
        body = read(given)
        changes: dict[str, Any] = {
            "url": body.url, "events": body.events, "description": body.description, "per_minute": body.per_minute,
        }  # fmt: skip
        if body.headers or given.bare:
            changes["headers"] = body.headers
        await endpoints.change(visitor.actor, endpoint_id, changes, request_id=problem.request_id(request))
    except InvalidInput as error:
        return _form(request, visitor, given, shown, trouble=error.detail)
    return redirect(f"/webhooks/{endpoint_id}?did=changed")


@router.post("/{endpoint_id}/pause")
async def pause(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    endpoints = house_of(request).webhooks.endpoints
    await endpoints.pause(form.member.actor, endpoint_id, request_id=problem.request_id(request))
    return redirect(f"/webhooks/{endpoint_id}")


@router.post("/{endpoint_id}/resume")
async def resume(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    endpoints = house_of(request).webhooks.endpoints
    await endpoints.resume(form.member.actor, endpoint_id, request_id=problem.request_id(request))
    return redirect(f"/webhooks/{endpoint_id}")


@router.post("/{endpoint_id}/delete")
async def delete(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    endpoints = house_of(request).webhooks.endpoints
    await endpoints.delete(form.member.actor, endpoint_id, request_id=problem.request_id(request))
    return redirect("/webhooks")


@router.post("/{endpoint_id}/rotate")
async def rotate(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    async with single(request, form) as also:
        made = await house_of(request).webhooks.endpoints.rotate(
            form.member.actor, endpoint_id, request_id=problem.request_id(request), also=also
        )
    advice = f"{ADVICE} For {_hours(BOTH_VALID)} h everything is signed with both: deploy the new one in that time, and nothing is refused."
    return _secret(request, form.member, made, "The endpoint has a new secret", advice)


@router.post("/{endpoint_id}/test")
async def test(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    async with single(request, form) as also:
        row = await house_of(request).webhooks.again.test(
            form.member.actor, endpoint_id, form.get("event", limit=100) or None,
            request_id=problem.request_id(request), also=also,
        )  # fmt: skip
    return redirect(f"/webhooks/deliveries/{row.id}?awaited=1")


@router.post("/{endpoint_id}/recover")
async def recover(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    return await _span(request, form, endpoint_id, "recover")


@router.post("/{endpoint_id}/replay")
async def replay(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    return await _span(request, form, endpoint_id, "replay")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _span(request: Request, form: Form, endpoint_id: str, which: str) -> Response:
    again = house_of(request).webhooks.again
    act = again.recover if which == "recover" else again.replay
    try:
        since, until = _moment(form.get("since", limit=40)), _moment(form.get("until", limit=40))
        if since is None:
            raise InvalidInput("Say from when.")
        async with single(request, form) as also:
            await act(form.member.actor, endpoint_id, since, until, request_id=problem.request_id(request), also=also)
    except InvalidInput as error:
        return await _endpoint(request, form.member, endpoint_id, Wanted(), None, trouble=error.detail)
    return redirect(f"/webhooks/{endpoint_id}?did={which}")


def _moment(text: str) -> datetime | None:
    """What a field of date and time holds: UTC, as the page says."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidInput("A moment is written as 2026-11-24T15:30.") from error


async def _endpoint(
    request: Request,
    visitor: Visitor,
    endpoint_id: str,
    wanted: Wanted,
    before: str | None,
    *,
    notice: str = "",
    trouble: str = "",
) -> Response:
    house = house_of(request)
    shown = await house.webhooks.endpoints.show(visitor.actor, endpoint_id)
    filters = store.deliveries.Filters(
        endpoint=endpoint_id, event=wanted.event or None, states=(wanted.state,) if wanted.state else ()
    )
    async with house.sessions.read() as session:
        rows = await store.deliveries.listed(session, visitor.actor.workspace, filters, before=before, limit=PAGE)
    row = shown.row
    patterns = row.patterns.split()
    since = row.failing_since or house.clock() - timedelta(hours=24)
    wanting = [name for name in event_catalogue.every() if fits_any(patterns, name)]
    others = [name for name in event_catalogue.every() if name not in wanting]
    page = EndpointPage(
        shell=shell(request, visitor),
        title=visible(row.url, limit=60),
        endpoint_id=row.id,
        url=visible(row.url, limit=4000),
        description=visible(row.description, limit=500),
        patterns=tuple(patterns),
        headers=", ".join(shown.header_names),
        per_minute=f"at most {row.per_minute} a minute" if row.per_minute else "",
        state=ENDPOINTS[row.state],
        active=row.state == "active",
        disabled=row.state == "disabled",
        why=visible(row.why, limit=500),
        health=_health(shown.rate),
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        failing_since=row.failing_since,
        consecutive_failures=row.consecutive_failures,
        slowed=f"{row.slow_s:g} s after each attempt" if row.slow_s >= 1 else "",
        rotating_until=shown.previous_secret_until,
        created_at=row.created_at,
        overlap_h=_hours(BOTH_VALID),
        wanted=wanted,
        states=tuple(Option(name, badge.text, name == wanted.state) for name, badge in DELIVERIES.items()),
        tests=tuple(Option(name, name, at == 0) for at, name in enumerate([*wanting, *others])),
        deliveries=tuple(map(sent, rows)),
        first=before is None,
        next=rows[-1].id if len(rows) == PAGE else "",
        since=since.strftime("%Y-%m-%dT%H:%M"),
        notice=notice,
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


def _form(
    request: Request, visitor: Visitor, given: Given, shown: Shown | None = None, *, trouble: str = ""
) -> Response:
    groups: dict[str, list[Tick]] = {}
    for each in event_catalogue.every().values():
        groups.setdefault(each.category, []).append(Tick(each.name, each.title, each.name in given.ticked))
    page = EndpointFormPage(
        shell=shell(request, visitor),
        title="Change endpoint" if shown else "New endpoint",
        endpoint_id=shown.row.id if shown else "",
        given=given,
        kept=", ".join(shown.header_names) if shown else "",
        catalogue=tuple(Category(name, tuple(ticks)) for name, ticks in groups.items()),
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


def _secret(
    request: Request, visitor: Visitor, made: Made, heading: str, advice: str, *, status: int = 200
) -> Response:
    page = SecretPage(
        shell=shell(request, visitor),
        title=heading,
        heading=heading,
        advice=advice,
        lines=(
            Copied("url", "Address", visible(made.shown.row.url, limit=4000), False),
            Copied("secret", "Signing secret", made.secret, True),
        ),
        href=f"/webhooks/{made.shown.row.id}",
        onward="To the endpoint",
    )
    return show(request, page, status=status)


def _line(shown: Shown) -> Line:
    row = shown.row
    attempts = [each for each in (row.last_success_at, row.last_failure_at) if each is not None]
    return Line(
        id=row.id,
        url=visible(row.url, limit=300),
        description=visible(row.description, limit=200),
        patterns=", ".join(row.patterns.split()),
        state=ENDPOINTS[row.state],
        health=_health(shown.rate),
        last_attempt_at=max(attempts) if attempts else None,
        why=visible(row.why, limit=300),
    )


def sent(row: DeliveryRow) -> Sent:
    return Sent(
        id=row.id,
        event=row.event,
        state=standing(row),
        status=str(row.status) if row.status else "none" if row.attempts else "",
        attempts=row.attempts,
        cause=row.cause,
        created_at=row.created_at,
        detail=visible(row.detail, limit=200) if row.state != "succeeded" else "",
    )


def standing(row: DeliveryRow) -> Badge:
    """Where a delivery stands; one that failed so far and is tried again is told apart from one that has not been tried."""
    return RETRYING if row.state == "pending" and row.attempts else DELIVERIES[row.state]


def _health(rate: Rate) -> Health:
    attempts = rate.succeeded + rate.failed
    if not attempts:
        return Health(Badge("no attempts", "quiet"), "in 24 h")
    share = rate.succeeded / attempts
    tone = "good" if share >= 0.99 else "wait" if share >= 0.9 else "bad"
    return Health(Badge(words.percent(share), tone), f"of {attempts} in 24 h")


def _hours(span: timedelta) -> int:
    return int(span.total_seconds() // 3600)
