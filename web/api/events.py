"""Events over REST: say that something has happened, and see what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import AwareDatetime, Field

import store.events
from core.clock import iso
from core.errors import NotFound
from events.subscribers import Fired, of_row
from registry import event_catalogue
from store.events import EventRow, ReactionRow
from web import problem
from web.api.body import Body, Id, parsed
from web.door import Caller, house_of, signed
from web.idempotency import once
from web.openapi import problems, takes

router = APIRouter(prefix="/v1", tags=["events"])

Fires = Annotated[Caller, Depends(signed("events:write", "events"))]
Reads = Annotated[Caller, Depends(signed("events:read"))]


class FireBody(Body):
    """``event``: a universal or custom name; ``data``: a JSON object. ``caused_by`` is the id of the event, run or call (the ``id`` or
    ``run_id`` of an action call's body) that led to it: passed on, it keeps rules from feeding themselves without end."""

    event: Annotated[str, Field(min_length=1, max_length=100)]
    data: Annotated[dict[str, Any], Field(default_factory=dict)]
    occurred_at: AwareDatetime | None = None
    caused_by: Annotated[str | None, Field(max_length=64, pattern=r"^(evt|run|act)_[0-9A-Z]{26}$")] = None


@router.post(
    "/events/fire",
    status_code=202,
    responses=problems("404", "409", "422"),
    openapi_extra=takes(
        FireBody, {"event": "order.shipped", "data": {"customer_id": 421, "order_ref": "NB-9182", "carrier": "DHL"}}
    ),
)
async def fire(request: Request, caller: Fires) -> Response:
    """The event, what is answered to its Idempotency-Key and its fan-out are one transaction."""
    body = parsed(FireBody, caller)
    async with once(request, caller) as attempt:
        if attempt.replay:
            return attempt.replay
        fired = await house_of(request).events.firing.fire(
            caller.actor,
            body.event,
            body.data,
            occurred_at=body.occurred_at,
            caused_by=body.caused_by,
            request_id=problem.request_id(request),
            also=attempt.keep(202, accepted),
        )
    return JSONResponse(accepted(fired), status_code=202, headers={"Location": f"/v1/events/{fired.id}"})


@router.get("/events", responses=problems("404"))
async def listed(
    request: Request,
    caller: Reads,
    event: Annotated[str | None, Query(max_length=100)] = None,
    since: AwareDatetime | None = None,
    until: AwareDatetime | None = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> dict[str, Any]:
    """Newest first; ``next`` is the ``before`` of the next page."""
    async with house_of(request).sessions.read() as session:
        rows = await store.events.listed(
            session, caller.actor.workspace, name=event, before=before, since=since, until=until, limit=limit
        )
    return {"data": [event_json(row) for row in rows], "next": rows[-1].id if len(rows) == limit else None}


@router.get("/events/{event_id}", responses=problems("404"))
async def show(request: Request, caller: Reads, event_id: Id) -> dict[str, Any]:
    """One event with its reactions in the order in which they come."""
    async with house_of(request).sessions.read() as session:
        row = await store.events.get(session, caller.actor.workspace, event_id)
        reactions = await store.events.reactions(session, caller.actor.workspace, event_id)
    return {**event_json(row), "reactions": [reaction_json(each) for each in reactions]}


@router.get("/event-types")
async def types(caller: Reads) -> dict[str, Any]:
    """The catalogue of universal events: schemas of their data, and samples."""
    del caller  # it is enough to be one
    return {"data": [each.as_json() for each in event_catalogue.every().values()]}


@router.get("/event-types/{name}", responses=problems("404"))
async def one_type(caller: Reads, name: Id) -> dict[str, Any]:
    del caller
    found = event_catalogue.get(name)
    if found is None:
        raise NotFound(f"{name!r} is not in the catalogue; a custom name carries any JSON object.")
    return found.as_json()


def accepted(fired: Fired) -> dict[str, Any]:
    return {"id": fired.id, "event": fired.name}


def event_json(row: EventRow) -> dict[str, Any]:
    fired = of_row(row)
    return {
        "id": row.id,
        "event": row.name,
        "data": dict(fired.data),
        "occurred_at": iso(row.occurred_at),
        "fired_at": iso(row.fired_at),
        "finished_at": _iso(row.finished_at),
        "origin": row.origin,
        "caused_by": row.cause,
        "depth": row.depth,
        "state": row.state,
        "request_id": row.request_id,
    }


def reaction_json(row: ReactionRow) -> dict[str, Any]:
    return {
        "subscriber": row.subscriber,
        "priority": row.priority,
        "blocking": row.blocking,
        "state": row.state,
        "attempts": row.attempts,
        "detail": row.detail,
        "error": row.error,
        "started_at": _iso(row.started_at),
        "finished_at": _iso(row.finished_at),
    }


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at else None
