"""Endpoint page, for owners: health and deliveries; pause, resume, rotate, test, recover, delete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.webhooks.deliveries
from core.display_text import to_display_text
from core.errors import InvalidInput
from events.webhooks.endpoint_secrets import BOTH_VALID
from registry.events import event_catalogue
from registry.events.event_names import fits_any
from web import problem
from web.auth import get_container
from web.console import labels
from web.console.forms import Form, FormOption, GuardedOwner
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, cut_page, redirect, show
from web.console.session import Owner, Visitor, make_clock, make_shell
from web.console.webhooks.delivery_status import (
    DELIVERIES,
    ENDPOINTS,
    DeliveryTableRow,
    Health,
    describe_health,
    make_delivery_row,
)
from web.console.webhooks.endpoints import ADVICE, show_secret

router = APIRouter(prefix="/webhooks/{endpoint_id}", include_in_schema=False)

PAGE: Final = 30
DID: Final[Mapping[str, str]] = {
    "changed": "Changed. What is sent from now on goes by it.",
    "recover": "Failed deliveries of that span are being sent again, one attempt each. They move in the list below.",
    "replay": "Events of that span that it wants and has no delivery of are being delivered, newest first.",
}


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """The filter of the deliveries."""

    state: str = ""
    event: str = ""


@dataclass(frozen=True, kw_only=True)
class EndpointPage(Page):
    """Page of one webhook endpoint. ``since`` is the default start of a time span to send again. ``paused`` and
    ``disabled`` decide what can be done."""

    template: ClassVar[str] = "endpoint.html"
    endpoint_id: str
    url: str
    description: str
    patterns: tuple[str, ...]
    slips: tuple[tuple[str, str], ...]
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
    wanted: DeliveryFilter
    states: tuple[FormOption, ...]
    tests: tuple[FormOption, ...]
    deliveries: tuple[DeliveryTableRow, ...]
    first: bool
    next: str
    since: str
    notice: str
    trouble: str


@router.get("")
async def show_endpoint(
    request: Request,
    visitor: Owner,
    endpoint_id: str,
    state: Annotated[str, Query(max_length=20)] = "",
    event: Annotated[str, Query(max_length=100)] = "",
    before: Annotated[str | None, Query(max_length=64)] = None,
    did: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    wanted = DeliveryFilter(state if state in DELIVERIES else "", event.strip())
    return await _endpoint(request, visitor, endpoint_id, wanted, before, notice=DID.get(did, ""))


@router.post("/pause")
async def pause(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    endpoints = get_container(request).webhooks.endpoints
    await endpoints.pause(form.member.actor, endpoint_id, request_id=problem.find_request_id(request))
    return redirect(f"/webhooks/{endpoint_id}")


@router.post("/resume")
async def resume(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    endpoints = get_container(request).webhooks.endpoints
    await endpoints.resume(form.member.actor, endpoint_id, request_id=problem.find_request_id(request))
    return redirect(f"/webhooks/{endpoint_id}")


@router.post("/delete")
async def delete(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    endpoints = get_container(request).webhooks.endpoints
    await endpoints.delete(form.member.actor, endpoint_id, request_id=problem.find_request_id(request))
    return redirect("/webhooks")


@router.post("/rotate")
async def rotate(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    async with use_form_once(request, form) as in_transaction:
        made = await get_container(request).webhooks.endpoints.rotate(
            form.member.actor, endpoint_id, request_id=problem.find_request_id(request), in_transaction=in_transaction
        )
    advice = f"{ADVICE} For {labels.count_hours(BOTH_VALID)} h everything is signed with both: deploy the new one in that time, and nothing is refused."  # noqa: E501
    return show_secret(request, form.member, made, "The endpoint has a new secret", advice)


@router.post("/test")
async def test(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    async with use_form_once(request, form) as in_transaction:
        row = await get_container(request).webhooks.redelivery.test(
            form.member.actor,
            endpoint_id,
            form.get("event", limit=100) or None,
            request_id=problem.find_request_id(request),
            in_transaction=in_transaction,
        )
    return redirect(f"/webhooks/deliveries/{row.id}?awaited=1")


@router.post("/recover")
async def recover(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    return await _span(request, form, endpoint_id, "recover")


@router.post("/replay")
async def replay(request: Request, form: GuardedOwner, endpoint_id: str) -> Response:
    return await _span(request, form, endpoint_id, "replay")


# ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def _span(request: Request, form: Form, endpoint_id: str, which: str) -> Response:
    again = get_container(request).webhooks.redelivery
    act = again.recover if which == "recover" else again.replay
    try:
        since, until = (_moment(request, form.get(name, limit=40)) for name in ("since", "until"))
        if since is None:
            raise InvalidInput("Say from when.")
        async with use_form_once(request, form) as in_transaction:
            await act(
                form.member.actor,
                endpoint_id,
                since,
                until,
                request_id=problem.find_request_id(request),
                in_transaction=in_transaction,
            )
    except InvalidInput as error:
        return await _endpoint(request, form.member, endpoint_id, DeliveryFilter(), None, trouble=error.detail)
    return redirect(f"/webhooks/{endpoint_id}?did={which}")


def _moment(request: Request, text: str) -> datetime | None:
    """The moment in a date-and-time field, on the console's clock."""
    if not text:
        return None
    try:
        return make_clock(request).read(text)
    except (ValueError, OverflowError) as error:
        raise InvalidInput("A moment is written as 2026-11-24T15:30.") from error


async def _endpoint(
    request: Request,
    visitor: Visitor,
    endpoint_id: str,
    wanted: DeliveryFilter,
    before: str | None,
    *,
    notice: str = "",
    trouble: str = "",
) -> Response:
    container = get_container(request)
    shown = await container.webhooks.endpoints.show(visitor.actor, endpoint_id)
    filters = store.webhooks.deliveries.DeliveryFilters(
        endpoint=endpoint_id, event=wanted.event or None, states=(wanted.state,) if wanted.state else ()
    )
    async with container.database.read() as session:
        rows = await store.webhooks.deliveries.listed(
            session, visitor.actor.workspace, filters, before=before, limit=PAGE + 1
        )
    rows, more = cut_page(rows, PAGE)
    row = shown.row
    patterns = row.patterns.split()
    since = row.failing_since or container.clock() - timedelta(hours=24)
    wanting = [name for name in event_catalogue.load_event_types() if fits_any(patterns, name)]
    others = [name for name in event_catalogue.load_event_types() if name not in wanting]
    page = EndpointPage(
        shell=make_shell(request, visitor),
        title=to_display_text(row.url, limit=60),
        endpoint_id=row.id,
        url=to_display_text(row.url, limit=4000),
        description=to_display_text(row.description, limit=500),
        patterns=tuple(patterns),
        slips=tuple((each, meant) for each in patterns if (meant := event_catalogue.find_meant(each)) is not None),
        headers=", ".join(shown.header_names),
        per_minute=f"at most {row.per_minute} a minute" if row.per_minute else "",
        state=ENDPOINTS[row.state],
        active=row.state == "active",
        disabled=row.state == "disabled",
        why=to_display_text(row.why, limit=500),
        health=describe_health(shown.rate),
        last_success_at=row.last_success_at,
        last_failure_at=row.last_failure_at,
        failing_since=row.failing_since,
        consecutive_failures=row.consecutive_failures,
        slowed=f"{row.slow_s:g} s after each attempt" if row.slow_s >= 1 else "",
        rotating_until=shown.previous_secret_until,
        created_at=row.created_at,
        overlap_h=labels.count_hours(BOTH_VALID),
        wanted=wanted,
        states=tuple(FormOption(name, badge.text, name == wanted.state) for name, badge in DELIVERIES.items()),
        tests=tuple(FormOption(name, name, at == 0) for at, name in enumerate([*wanting, *others])),
        deliveries=tuple(map(make_delivery_row, rows)),
        first=before is None,
        next=rows[-1].id if more else "",
        since=make_clock(request).here(since).strftime("%Y-%m-%dT%H:%M"),
        notice=notice,
        trouble=trouble,
    )
    return show(request, page, status=422 if trouble else 200)
