"""Endpoint list, for owners: webhook endpoints with their health; create and change them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from core.clock import format_iso, from_iso
from core.display_text import to_display_text
from core.errors import Conflict, InvalidInput
from events.webhooks.endpoints import CreatedEndpoint, EndpointState
from registry.events import event_catalogue
from web import problem
from web.auth import get_container
from web.console.automations.automations import MEANWHILE
from web.console.forms import GuardedOwner
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, Pagination, paginate, redirect, show
from web.console.secret import SecretPage
from web.console.secret import SecretRow as Copied
from web.console.session import Owner, Visitor, make_shell
from web.console.webhooks.delivery_status import ENDPOINTS, Health, describe_health
from web.console.webhooks.endpoint_form import EndpointForm, parse_form, read_form

router = APIRouter(prefix="/webhooks", include_in_schema=False)

PAGE: Final = 30
ADVICE: Final = (
    "Your side verifies each delivery with it (Standard Webhooks). Copy it now and keep it where you keep passwords: "
    "nobody can see it again."
)


@dataclass(frozen=True, slots=True)
class EndpointTableRow:
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
    """Page of the endpoints. ``disabled`` are those of every page."""

    template: ClassVar[str] = "endpoints.html"
    lines: tuple[EndpointTableRow, ...]
    place: Pagination
    disabled: tuple[EndpointTableRow, ...]


@dataclass(frozen=True, slots=True)
class EventTick:
    name: str
    title: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Category:
    name: str
    ticks: tuple[EventTick, ...]


@dataclass(frozen=True, kw_only=True)
class EndpointFormPage(Page):
    """Form of a new endpoint, or of an existing one: then ``endpoint_id`` is its id, and ``kept`` are its headers."""

    template: ClassVar[str] = "endpoint_form.html"
    endpoint_id: str
    as_of: str
    given: EndpointForm
    kept: str
    catalogue: tuple[Category, ...]
    trouble: str


@router.get("")
async def show_endpoints(
    request: Request, visitor: Owner, start: Annotated[int, Query(ge=0, le=1_000_000)] = 0
) -> Response:
    shown = await get_container(request).webhooks.endpoints.list_endpoints(visitor.actor)
    lines = tuple(map(_line, shown))
    page = EndpointsPage(
        shell=make_shell(request, visitor),
        title="Webhooks",
        lines=lines[start : start + PAGE],
        place=paginate(len(lines), start, PAGE),
        disabled=tuple(line for line, each in zip(lines, shown, strict=True) if each.row.state == "disabled"),
    )
    return show(request, page)


@router.get("/new")
async def show_new(request: Request, visitor: Owner) -> Response:
    return _form(request, visitor, EndpointForm())


@router.post("")
async def create(request: Request, form: GuardedOwner) -> Response:
    visitor, given = form.member, read_form(form)
    try:
        body = parse_form(given)
        async with use_form_once(request, form) as in_transaction:
            made = await get_container(request).webhooks.endpoints.create(
                visitor.actor,
                body.url,
                body.events,
                description=body.description,
                headers=body.headers,
                per_minute=body.per_minute,
                request_id=problem.find_request_id(request),
                in_transaction=in_transaction,
            )
    except InvalidInput as error:
        return _form(request, visitor, given, trouble=error.detail)
    return show_secret(request, visitor, made, "Endpoint created", ADVICE, status=201)


@router.get("/{endpoint_id}/edit")
async def edit(request: Request, visitor: Owner, endpoint_id: str) -> Response:
    shown = await get_container(request).webhooks.endpoints.show(visitor.actor, endpoint_id)
    row = shown.row
    given = EndpointForm(row.url, "\n".join(row.patterns.split()), row.description, "", str(row.per_minute or ""))
    return _form(request, visitor, given, shown)


@router.post("/{endpoint_id}/edit")
async def change(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    visitor, given = form.member, read_form(form)
    endpoints = get_container(request).webhooks.endpoints
    shown = await endpoints.show(visitor.actor, endpoint_id)
    try:
        body = parse_form(given)
        changes: dict[str, Any] = {
            "url": body.url,
            "events": body.events,
            "description": body.description,
            "per_minute": body.per_minute,
        }
        if body.headers or given.bare:
            changes["headers"] = body.headers
        as_of = _moment(form.get("as_of", limit=40))
        await endpoints.change(
            visitor.actor, endpoint_id, changes, as_of=as_of, request_id=problem.find_request_id(request)
        )
    except InvalidInput as error:
        return _form(request, visitor, given, shown, trouble=error.detail, as_of=form.get("as_of", limit=40))
    except Conflict:
        return _form(request, visitor, given, shown, trouble=MEANWHILE)
    return redirect(f"/webhooks/{endpoint_id}?did=changed")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _moment(text: str) -> datetime | None:
    """When the endpoint in the form was last changed. None if the form doesn't say."""
    try:
        return from_iso(text) if text else None
    except ValueError as error:
        raise InvalidInput("This form has been changed. Reload the page.") from error


def _form(
    request: Request,
    visitor: Visitor,
    given: EndpointForm,
    shown: EndpointState | None = None,
    *,
    trouble: str = "",
    as_of: str = "",
) -> Response:
    groups: dict[str, list[EventTick]] = {}
    for each in event_catalogue.load_event_types().values():
        groups.setdefault(event_catalogue.name_category(each.category), []).append(
            EventTick(each.name, each.title, each.name in given.ticked)
        )
    page = EndpointFormPage(
        shell=make_shell(request, visitor),
        title="Change endpoint" if shown else "New endpoint",
        endpoint_id=shown.row.id if shown else "",
        as_of=as_of or (format_iso(shown.row.changed_at) if shown else ""),
        given=given,
        kept=", ".join(shown.header_names) if shown else "",
        catalogue=tuple(Category(name, tuple(ticks)) for name, ticks in groups.items()),
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)


def show_secret(
    request: Request, visitor: Visitor, made: CreatedEndpoint, heading: str, advice: str, *, status: int = 200
) -> Response:
    page = SecretPage(
        shell=make_shell(request, visitor),
        title=heading,
        heading=heading,
        advice=advice,
        lines=(
            Copied("url", "Address", to_display_text(made.shown.row.url, limit=4000), False),
            Copied("secret", "Signing secret", made.secret, True),
        ),
        href=f"/webhooks/{made.shown.row.id}",
        onward="Go to the endpoint",
    )
    return show(request, page, status=status)


def _line(shown: EndpointState) -> EndpointTableRow:
    row = shown.row
    attempts = [each for each in (row.last_success_at, row.last_failure_at) if each is not None]
    return EndpointTableRow(
        id=row.id,
        url=to_display_text(row.url, limit=300),
        description=to_display_text(row.description, limit=200),
        patterns=", ".join(row.patterns.split()),
        state=ENDPOINTS[row.state],
        health=describe_health(shown.rate),
        last_attempt_at=max(attempts) if attempts else None,
        why=to_display_text(row.why, limit=300),
    )
