"""Delivery page, for owners: the sent body, every attempt with its answer, and a button to send it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.webhooks.attempts
import store.webhooks.deliveries
import store.webhooks.endpoints
from core.display_text import to_display_text
from store.webhooks.attempts import DeliveryAttemptRow
from store.webhooks.deliveries import DeliveryRow
from web import problem
from web.auth import get_container
from web.console.forms import GuardedOwner
from web.console.labels import Badge
from web.console.one_shot_form import use_form_once
from web.console.pages import Page, redirect, show, wants_fragment
from web.console.session import Owner, make_shell
from web.console.webhooks.delivery_status import FAILURES, make_state_badge

router = APIRouter(prefix="/webhooks/deliveries", include_in_schema=False)

CAUSES: Final = {
    "event": "the event was fired",
    "replay": "its event was replayed",
    "test": "somebody sent a test",
}
_WHOLE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Header:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AttemptTableRow:
    """An attempt as a row. ``latest`` is shown open."""

    n: int
    at: datetime
    status: Badge
    duration: str
    by_hand: bool
    detail: str
    headers: tuple[Header, ...]
    response: str
    cut: bool
    latest: bool


@dataclass(frozen=True, kw_only=True)
class DeliveryPage(Page):
    """Page of one delivery. ``waiting``: a resend was requested, and its attempt, number ``awaited``, isn't made yet.
    ``moving``: an attempt is to come, so the page reloads by itself. ``seen`` is the state that the page shows now."""

    template: ClassVar[str] = "delivery.html"
    delivery_id: str
    event: str
    event_id: str
    fired: bool
    endpoint_id: str
    url: str
    state: Badge
    detail: str
    cause: str
    created_at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    body: str
    attempts: tuple[AttemptTableRow, ...]
    waiting: bool
    moving: bool
    awaited: int
    seen: str
    may_resend: bool


@router.get("/{delivery_id}")
async def show_delivery(
    request: Request,
    visitor: Owner,
    delivery_id: str,
    awaited: Annotated[int, Query(ge=0, le=100_000)] = 0,
    seen: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The delivery's page. ``seen`` is the state that the page already shows: while that is current, the answer is
    204."""
    async with get_container(request).database.read() as session:
        row = await store.webhooks.deliveries.get(session, visitor.actor.workspace, delivery_id)
        shown = f"{row.attempts}-{row.state}"
        if wants_fragment(request) and seen == shown:
            return Response(status_code=204, headers={"Cache-Control": "no-store"})
        body = await store.webhooks.deliveries.body(session, row.event_id)
        attempts = await store.webhooks.attempts.attempts_of(session, row.id)
        endpoint = (await store.webhooks.endpoints.by_ids(session, [row.endpoint])).get(row.endpoint)
    there = endpoint is not None and endpoint.state != "deleted"
    page = DeliveryPage(
        shell=make_shell(request, visitor),
        title=f"Delivery of {row.event}",
        delivery_id=row.id,
        event=row.event,
        event_id=row.event_id,
        fired=row.cause != "test",
        endpoint_id=row.endpoint if there else "",
        url=to_display_text(endpoint.url, limit=4000) if endpoint else "",
        state=make_state_badge(row),
        detail=to_display_text(row.detail, limit=1000) if row.state != "succeeded" else "",
        cause=CAUSES.get(row.cause, row.cause),
        created_at=row.created_at,
        next_at=row.next_at if row.state == "pending" and row.attempts else None,
        finished_at=row.finished_at,
        body=to_display_text((body or b"").decode("utf-8", "replace"), lines=True, limit=_WHOLE),
        attempts=tuple(_attempt(each, latest=at == 0) for at, each in enumerate(reversed(attempts))),
        waiting=row.attempts < awaited,
        moving=row.attempts < awaited or _is_under_way(row),
        awaited=awaited,
        seen=shown,
        may_resend=there,
    )
    return show(request, page)


@router.post("/{delivery_id}/resend")
async def resend(request: Request, form: GuardedOwner, delivery_id: str) -> Response:
    async with use_form_once(request, form) as in_transaction:
        row = await get_container(request).webhooks.redelivery.resend(
            form.member.actor, delivery_id, request_id=problem.find_request_id(request), in_transaction=in_transaction
        )
    return redirect(f"/webhooks/deliveries/{delivery_id}?awaited={row.attempts + 1}")


def _is_under_way(row: DeliveryRow) -> bool:
    """Whether the first attempt is still to come."""
    return row.state == "pending" and row.attempts == 0


def _attempt(row: DeliveryAttemptRow, *, latest: bool) -> AttemptTableRow:
    headers: dict[str, str] = json.loads(row.headers)
    well = row.status is not None and 200 <= row.status < 300
    return AttemptTableRow(
        n=row.n,
        at=row.at,
        status=Badge(
            str(row.status) if row.status else FAILURES.get(row.error or "", "no answer"), "good" if well else "bad"
        ),
        duration=f"{row.duration_ms} ms" if row.duration_ms < 10_000 else f"{row.duration_ms / 1000:.1f} s",
        by_hand=row.by_hand,
        detail=to_display_text(row.detail, limit=1000),
        headers=tuple(
            Header(to_display_text(name, limit=200), to_display_text(value, limit=4000))
            for name, value in headers.items()
        ),
        response=to_display_text(row.response.decode("utf-8", "replace"), lines=True, limit=_WHOLE),
        cut=row.cut,
        latest=latest,
    )
