"""Delivery log over REST: what was sent to whom, every attempt, and sending one again."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

import store.webhooks.attempts
import store.webhooks.deliveries
from store.webhooks.deliveries import DeliveryFilters, DeliveryRow
from web import problem
from web.api.body import Id, Instant
from web.api.webhooks.webhook_views import (
    DeliveryDetail,
    DeliveryPage,
    DeliveryView,
    make_delivery_detail,
    make_delivery_json,
    make_delivery_view,
)
from web.auth import Caller, container_of, require_signature
from web.idempotency import act_once
from web.openapi import acts, problems

router = APIRouter(prefix="/v1/webhooks/deliveries", tags=["webhooks"])

Reads = Annotated[Caller, Depends(require_signature("webhooks:read"))]
Writes = Annotated[Caller, Depends(require_signature("webhooks:write"))]


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
    """Newest first; ``next`` is the ``before`` of the next page. Kept for 30 days."""
    wanted = DeliveryFilters(
        endpoint=endpoint, event=event, event_id=event_id, states=tuple(state or ()), since=since, until=until
    )
    async with container_of(request).database.read() as session:
        rows = await store.webhooks.deliveries.listed(
            session, caller.actor.workspace, wanted, before=before, limit=limit
        )
    return DeliveryPage(data=tuple(map(make_delivery_view, rows)), next=rows[-1].id if len(rows) == limit else None)


@router.get("/{delivery_id}", response_model=DeliveryDetail, responses=problems("404"))
async def show(request: Request, caller: Reads, delivery_id: Id) -> DeliveryDetail:
    """With its body as it is sent, and every attempt: the request's headers, the answer, how long it took."""
    async with container_of(request).database.read() as session:
        row = await store.webhooks.deliveries.get(session, caller.actor.workspace, delivery_id)
        body = await store.webhooks.deliveries.body(session, row.event_id)
        attempts = await store.webhooks.attempts.attempts_of(session, row.id)
    return make_delivery_detail(row, body or b"", attempts)


@router.post(
    "/{delivery_id}/resend",
    status_code=202,
    response_model=DeliveryView,
    responses=problems("404"),
    openapi_extra=acts(),
)
async def resend(request: Request, caller: Writes, delivery_id: Id) -> Response:
    """One more attempt with the same bytes and the same webhook-id; it starts no new series."""
    return await act_once(
        request,
        caller,
        lambda in_transaction: container_of(request).webhooks.redelivery.resend(
            caller.actor, delivery_id, request_id=problem.request_id(request), in_transaction=in_transaction
        ),
        make_delivery_json,
        status=202,
        check=lambda: _find_delivery(request, caller, delivery_id),
    )


async def _find_delivery(request: Request, caller: Caller, delivery_id: str) -> DeliveryRow:
    """Raises NotFound."""
    async with container_of(request).database.read() as session:
        return await store.webhooks.deliveries.get(session, caller.actor.workspace, delivery_id)
