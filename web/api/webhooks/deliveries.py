"""Delivery log over REST: what was sent to whom, every attempt, and sending one again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

import store.webhooks.attempts
import store.webhooks.deliveries
from core.clock import format_iso
from store.webhooks.attempts import DeliveryAttemptRow
from store.webhooks.deliveries import DeliveryFilters, DeliveryRow
from web import problem
from web.api.body import Id, Instant
from web.api.view import Moment, View, format_moment
from web.auth import Caller, get_container, require_signature
from web.idempotency import act_once
from web.openapi import describe_act, describe_problems

router = APIRouter(prefix="/v1/webhooks/deliveries", tags=["webhooks"])

Reads = Annotated[Caller, Depends(require_signature("webhooks:read"))]
Writes = Annotated[Caller, Depends(require_signature("webhooks:write"))]


class DeliveryView(View):
    """One event's delivery to one endpoint. ``status``, ``error`` and ``detail`` are those of the last attempt."""

    id: str
    event_id: str
    event: str
    endpoint: str
    cause: Literal["event", "replay", "test"]
    state: Literal["pending", "succeeded", "failed"]
    attempts: int
    status: int | None
    error: str | None
    detail: str
    created_at: Moment
    first_attempt_at: Moment | None
    next_attempt_at: Moment | None
    finished_at: Moment | None


class DeliveryPage(View):
    """A page of deliveries. ``next`` is the ``before`` of the next page, null at the end."""

    data: Sequence[DeliveryView]
    next: str | None


class AttemptView(View):
    """One attempt. ``response`` is the answer's body as text, as far as it is UTF-8, up to 64 KiB (``response_cut``:
    there was more)."""

    n: int
    by_hand: bool
    at: Moment
    duration_ms: int
    request_headers: dict[str, str]
    status: int | None
    error: str | None
    detail: str
    response: str
    response_cut: bool


class DeliveryDetail(DeliveryView):
    """A delivery with its ``body``: the exact bytes that are sent, as text."""

    body: str
    attempt_log: Sequence[AttemptView]


@router.get("", response_model=DeliveryPage)
async def listed(
    request: Request,
    caller: Reads,
    endpoint: Annotated[str | None, Query(max_length=64)] = None,
    event: Annotated[str | None, Query(max_length=100)] = None,
    event_id: Annotated[str | None, Query(max_length=64)] = None,
    state: Annotated[list[Literal["pending", "succeeded", "failed"]] | None, Query()] = None,
    since: Instant | None = None,
    until: Instant | None = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> DeliveryPage:
    """Deliveries, newest first. ``next`` is the ``before`` of the next page. They are kept for 30 days."""
    wanted = DeliveryFilters(
        endpoint=endpoint, event=event, event_id=event_id, states=tuple(state or ()), since=since, until=until
    )
    async with get_container(request).database.read() as session:
        rows = await store.webhooks.deliveries.listed(
            session, caller.actor.workspace, wanted, before=before, limit=limit
        )
    return DeliveryPage(data=tuple(map(make_delivery_view, rows)), next=rows[-1].id if len(rows) == limit else None)


@router.get("/{delivery_id}", response_model=DeliveryDetail, responses=describe_problems("404"))
async def show(request: Request, caller: Reads, delivery_id: Id) -> DeliveryDetail:
    """One delivery with the body that is sent, and every attempt: the request's headers, the answer, and how long it
    took."""
    async with get_container(request).database.read() as session:
        row = await store.webhooks.deliveries.get(session, caller.actor.workspace, delivery_id)
        body = await store.webhooks.deliveries.body(session, row.event_id)
        attempts = await store.webhooks.attempts.attempts_of(session, row.id)
    return make_delivery_detail(row, body or b"", attempts)


@router.post(
    "/{delivery_id}/resend",
    status_code=202,
    response_model=DeliveryView,
    responses=describe_problems("404"),
    openapi_extra=describe_act(),
)
async def resend(request: Request, caller: Writes, delivery_id: Id) -> Response:
    """Makes one more attempt with the same bytes and the same webhook-id. It starts no new series of attempts."""
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).webhooks.redelivery.resend(
            caller.actor, delivery_id, request_id=problem.find_request_id(request), in_transaction=in_transaction
        ),
        make_delivery_json,
        status=202,
        check=lambda: _find_delivery(request, caller, delivery_id),
    )


async def _find_delivery(request: Request, caller: Caller, delivery_id: str) -> DeliveryRow:
    """The delivery with this id. Raises NotFound."""
    async with get_container(request).database.read() as session:
        return await store.webhooks.deliveries.get(session, caller.actor.workspace, delivery_id)


def make_delivery_view(row: DeliveryRow) -> DeliveryView:
    return DeliveryView(**_make_delivery(row))


def make_delivery_json(row: DeliveryRow) -> dict[str, Any]:
    return make_delivery_view(row).json_value()


def make_delivery_detail(row: DeliveryRow, body: bytes, attempts: Sequence[DeliveryAttemptRow]) -> DeliveryDetail:
    return DeliveryDetail(**_make_delivery(row), body=body.decode(), attempt_log=tuple(map(_make_attempt, attempts)))


def _make_delivery(row: DeliveryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "event_id": row.event_id,
        "event": row.event,
        "endpoint": row.endpoint,
        "cause": row.cause,
        "state": row.state,
        "attempts": row.attempts,
        "status": row.status,
        "error": row.error,
        "detail": row.detail,
        "created_at": format_iso(row.created_at),
        "first_attempt_at": format_moment(row.first_at),
        "next_attempt_at": format_moment(row.next_at),
        "finished_at": format_moment(row.finished_at),
    }


def _make_attempt(row: DeliveryAttemptRow) -> AttemptView:
    return AttemptView(
        n=row.n,
        by_hand=row.by_hand,
        at=format_iso(row.at),
        duration_ms=row.duration_ms,
        request_headers=json.loads(row.headers),
        status=row.status,
        error=row.error,
        detail=row.detail,
        response=row.response.decode("utf-8", "replace"),
        response_cut=row.cut,
    )
