"""The delivery log over REST: what was sent to whom, every attempt at it, and one sent again."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime

import store.deliveries
from core.clock import iso
from store.deliveries import DeliveryAttemptRow, DeliveryRow, Filters
from web import problem
from web.api.body import Id
from web.door import Caller, house_of, signed
from web.idempotency import once
from web.openapi import acts, problems

router = APIRouter(prefix="/v1/webhooks/deliveries", tags=["webhooks"])

Reads = Annotated[Caller, Depends(signed("webhooks:read"))]
Writes = Annotated[Caller, Depends(signed("webhooks:write"))]


@router.get("")
async def listed(
    request: Request,
    caller: Reads,
    endpoint: Annotated[str | None, Query(max_length=64)] = None,
    event: Annotated[str | None, Query(max_length=100)] = None,
    event_id: Annotated[str | None, Query(max_length=64)] = None,
    state: Annotated[list[Literal["pending", "succeeded", "failed"]] | None, Query()] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """Newest first; ``next`` is the ``before`` of the next page. Kept for 30 days."""
    wanted = Filters(
        endpoint=endpoint, event=event, event_id=event_id, states=tuple(state or ()), since=since, until=until
    )
    async with house_of(request).sessions.read() as session:
        rows = await store.deliveries.listed(session, caller.actor.workspace, wanted, before=before, limit=limit)
    return {"data": [delivery_json(row) for row in rows], "next": rows[-1].id if len(rows) == limit else None}


@router.get("/{delivery_id}", responses=problems("404"))
async def show(request: Request, caller: Reads, delivery_id: Id) -> dict[str, Any]:
    """With its body as it is sent, and every attempt: the request's headers, the answer, how long it took."""
    async with house_of(request).sessions.read() as session:
        row = await store.deliveries.get(session, caller.actor.workspace, delivery_id)
        body = await store.deliveries.body(session, row.event_id)
        attempts = await store.deliveries.attempts_of(session, row.id)
    return {
        **delivery_json(row),
        "body": (body or b"").decode(),
        "attempt_log": [attempt_json(each) for each in attempts],
    }


@router.post("/{delivery_id}/resend", status_code=202, responses=problems("404"), openapi_extra=acts())
async def resend(request: Request, caller: Writes, delivery_id: Id) -> Response:
    """One more attempt with the same bytes and the same webhook-id; it starts no new series."""
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        row = await house_of(request).webhooks.again.resend(
            caller.actor, delivery_id, request_id=problem.request_id(request), also=attempt.keep(202, delivery_json)
        )
    return JSONResponse(delivery_json(row), status_code=202)


def delivery_json(row: DeliveryRow) -> dict[str, Any]:
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
        "created_at": iso(row.created_at),
        "first_attempt_at": _iso(row.first_at),
        "next_attempt_at": _iso(row.next_at),
        "finished_at": _iso(row.finished_at),
    }


def attempt_json(row: DeliveryAttemptRow) -> dict[str, Any]:
    """``response`` is text as far as the answer's bytes are UTF-8, at most 64 KiB (``response_cut``: there was more)."""
    return {
        "n": row.n,
        "by_hand": row.by_hand,
        "at": iso(row.at),
        "duration_ms": row.duration_ms,
        "request_headers": json.loads(row.headers),
        "status": row.status,
        "error": row.error,
        "detail": row.detail,
        "response": row.response.decode("utf-8", "replace"),
        "response_cut": row.cut,
    }


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None
