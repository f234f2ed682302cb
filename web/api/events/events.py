"""Events over REST: publishes one, and shows what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field

import store.events.events
from core.errors import NotFound
from registry.events import event_catalogue
from store.requests.idempotency import KeyClaim
from web import problem
from web.api.body import Body, Id, Instant, parse_body
from web.api.events.event_views import (
    AcceptedView,
    EventDetail,
    EventPage,
    EventTypeList,
    EventTypeView,
    make_accepted_json,
    make_event_detail,
    make_event_view,
    make_type_view,
)
from web.auth import Caller, container_of, require_signature
from web.idempotency import make_row, replay, seal_answer
from web.openapi import problems, takes

router = APIRouter(prefix="/v1", tags=["events"])

Fires = Annotated[Caller, Depends(require_signature("events:write", "events", test=True))]
Reads = Annotated[Caller, Depends(require_signature("events:read"))]


class FireBody(Body):
    """``event``: a universal or custom name; ``data``: a JSON object. ``caused_by`` is the id of the event, run or call
    (the ``id`` or ``run_id`` of an action call's body) that led to it: passed on, it keeps rules from feeding
    themselves without end."""

    event: Annotated[str, Field(min_length=1, max_length=100)]
    data: Annotated[dict[str, Any], Field(default_factory=dict)]
    occurred_at: Instant | None = None
    caused_by: Annotated[str | None, Field(max_length=64, pattern=r"^(evt|run|act)_[0-9A-Z]{26}$")] = None


@router.post(
    "/events/fire",
    status_code=202,
    response_model=AcceptedView,
    responses=problems("404", "409", "422"),
    openapi_extra=takes(
        FireBody, {"event": "order.shipped", "data": {"customer_id": 421, "order_ref": "NB-9182", "carrier": "DHL"}}
    ),
)
async def fire(request: Request, caller: Fires) -> Response:
    """The event, what is answered to its Idempotency-Key and its fan-out are one transaction."""
    body = parse_body(FireBody, caller)
    kept = make_row(request, caller, 202)
    fired = await container_of(request).events.batch_publisher.publish(
        caller.actor,
        body.event,
        body.data,
        kept,
        lambda event: seal_answer(request, kept, make_accepted_json(event)),
        occurred_at=body.occurred_at,
        caused_by=body.caused_by,
        request_id=problem.request_id(request),
    )
    if isinstance(fired, KeyClaim):
        return replay(request, fired)
    return JSONResponse(make_accepted_json(fired), status_code=202, headers={"Location": f"/v1/events/{fired.id}"})


@router.get("/events", response_model=EventPage, responses=problems("404"))
async def listed(
    request: Request,
    caller: Reads,
    event: Annotated[str | None, Query(max_length=100)] = None,
    since: Instant | None = None,
    until: Instant | None = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> EventPage:
    """Newest first; ``next`` is the ``before`` of the next page."""
    async with container_of(request).database.read() as session:
        rows = await store.events.events.listed(
            session, caller.actor.workspace, name=event, before=before, since=since, until=until, limit=limit
        )
    return EventPage(data=tuple(map(make_event_view, rows)), next=rows[-1].id if len(rows) == limit else None)


@router.get("/events/{event_id}", response_model=EventDetail, responses=problems("404"))
async def show(request: Request, caller: Reads, event_id: Id) -> EventDetail:
    """One event with its reactions in the order in which they come."""
    async with container_of(request).database.read() as session:
        row = await store.events.events.get(session, caller.actor.workspace, event_id)
        reactions = await store.events.events.reactions(session, caller.actor.workspace, event_id)
    return make_event_detail(row, reactions)


@router.get("/event-types", response_model=EventTypeList)
async def types(caller: Reads) -> EventTypeList:
    """The catalogue of universal events: schemas of their data, and samples."""
    del caller  # it is enough to be one
    return EventTypeList(data=tuple(map(make_type_view, event_catalogue.load_event_types().values())))


@router.get("/event-types/{name}", response_model=EventTypeView, responses=problems("404"))
async def one_type(caller: Reads, name: Id) -> EventTypeView:
    """One universal event."""
    del caller
    found = event_catalogue.get(name)
    if found is None:
        raise NotFound(
            f"{name!r} is not in the catalogue; a custom name carries any JSON object.{event_catalogue.suggest(name)}"
        )
    return make_type_view(found)
