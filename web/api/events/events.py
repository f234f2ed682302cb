"""Events over REST: publishes an event, and shows its reactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import ConfigDict, Field

import store.events.events
from core.actor import Mode
from core.clock import format_iso
from core.errors import NotFound
from events.subscribers import FiredEvent, make_event
from registry.events import event_catalogue
from registry.events.event_catalogue import EventType, find_meant
from store.events.events import EventRow, ReactionRow
from store.requests.idempotency import KeyClaim
from web import problem
from web.api.body import Body, Id, Instant, parse_body
from web.api.view import LATER, Moment, View, format_moment
from web.auth import Caller, get_container, require_signature
from web.idempotency import make_row, replay, seal_answer
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1", tags=["events"])

Fires = Annotated[Caller, Depends(require_signature("events:write", "events", test=True))]
Reads = Annotated[Caller, Depends(require_signature("events:read"))]


class AcceptedView(View):
    """An accepted event. ``id`` is the event's id, which all reactions to it carry. ``mode`` is ``test`` if a test key
    fired it: nothing reacts to such an event. ``did_you_mean``: the universal event whose name differs from this custom
    one's by a letter or two. Its subscribers don't get this event."""

    id: str
    event: str
    mode: Annotated[Mode, Field(json_schema_extra=LATER)] = "live"
    did_you_mean: Annotated[str | None, Field(json_schema_extra=LATER)] = None


class EventView(View):
    """An event. ``caused_by`` is the event, run or call that caused it, and ``depth`` the number of events above it in
    that chain. ``state`` is ``firing`` until every subscriber has had its turn. ``mode`` is ``test`` if a test key
    fired it: nothing reacts to such an event."""

    id: str
    event: str
    mode: Annotated[Mode, Field(json_schema_extra=LATER)] = "live"
    data: dict[str, Any]
    occurred_at: Moment
    fired_at: Moment
    finished_at: Moment | None
    origin: str
    caused_by: str | None
    depth: int
    state: Literal["firing", "done"]
    request_id: str | None


class ReactionView(View):
    """One subscriber's reaction to an event. A lower ``priority`` runs first. ``skipped``: a blocking subscriber before
    it failed."""

    subscriber: str
    priority: int
    blocking: bool
    state: Literal["pending", "retrying", "done", "failed", "skipped"]
    attempts: int
    detail: str
    error: str
    started_at: Moment | None
    finished_at: Moment | None


class EventDetail(EventView):
    """An event with its reactions in the order they run."""

    reactions: Sequence[ReactionView]


class EventPage(View):
    """A page of events. ``next`` is the ``before`` of the next page, null at the end."""

    data: Sequence[EventView]
    next: str | None


class EventTypeView(View):
    """A universal event. ``schema`` is the JSON Schema of its data, and ``sample`` a valid example."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    category: str
    title: str
    description: str
    of_data: Annotated[dict[str, Any], Field(alias="schema")]
    sample: dict[str, Any]


class EventTypeList(View):
    data: Sequence[EventTypeView]


class FireBody(Body):
    """``event``: a universal or custom name. ``data``: a JSON object. ``caused_by`` is the id of the event, run or call
    that led to it (for an action call, the ``id`` or ``run_id`` of its body). Pass it on: it keeps rules from
    triggering each other endlessly."""

    event: Annotated[str, Field(min_length=1, max_length=100)]
    data: Annotated[dict[str, Any], Field(default_factory=dict)]
    occurred_at: Instant | None = None
    caused_by: Annotated[str | None, Field(max_length=64, pattern=r"^(evt|run|act)_[0-9A-Z]{26}$")] = None


@router.post(
    "/events/fire",
    status_code=202,
    response_model=AcceptedView,
    responses=describe_problems("404", "409", "422"),
    openapi_extra=describe_body(
        FireBody, {"event": "order.shipped", "data": {"customer_id": 421, "order_ref": "NB-9182", "carrier": "DHL"}}
    ),
)
async def fire(request: Request, caller: Fires) -> Response:
    """Fires an event. The event, the answer to its Idempotency-Key and the fan-out are stored in one transaction."""
    body = parse_body(FireBody, caller)
    kept = make_row(request, caller, 202)
    fired = await get_container(request).events.batch_publisher.publish(
        caller.actor,
        body.event,
        body.data,
        kept,
        lambda event: seal_answer(request, kept, make_accepted_json(event)),
        occurred_at=body.occurred_at,
        caused_by=body.caused_by,
        request_id=problem.find_request_id(request),
    )
    if isinstance(fired, KeyClaim):
        return replay(request, fired)
    return JSONResponse(make_accepted_json(fired), status_code=202, headers={"Location": f"/v1/events/{fired.id}"})


@router.get("/events", response_model=EventPage, responses=describe_problems("404"))
async def listed(
    request: Request,
    caller: Reads,
    event: Annotated[str | None, Query(max_length=100)] = None,
    since: Instant | None = None,
    until: Instant | None = None,
    before: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> EventPage:
    """Events, newest first. ``next`` is the ``before`` of the next page."""
    async with get_container(request).database.read() as session:
        rows = await store.events.events.listed(
            session, caller.actor.workspace, name=event, before=before, since=since, until=until, limit=limit
        )
    return EventPage(data=tuple(map(make_event_view, rows)), next=rows[-1].id if len(rows) == limit else None)


@router.get("/events/{event_id}", response_model=EventDetail, responses=describe_problems("404"))
async def show(request: Request, caller: Reads, event_id: Id) -> EventDetail:
    """One event with its reactions in the order they run."""
    async with get_container(request).database.read() as session:
        row = await store.events.events.get(session, caller.actor.workspace, event_id)
        reactions = await store.events.events.reactions(session, caller.actor.workspace, event_id)
    return make_event_detail(row, reactions)


@router.get("/event-types", response_model=EventTypeList)
async def types(caller: Reads) -> EventTypeList:
    """The catalogue of universal events, with the schemas of their data and samples."""
    del caller  # any caller with this scope may read the catalogue
    return EventTypeList(data=tuple(map(make_type_view, event_catalogue.load_event_types().values())))


@router.get("/event-types/{name}", response_model=EventTypeView, responses=describe_problems("404"))
async def one_type(caller: Reads, name: Id) -> EventTypeView:
    """One universal event."""
    del caller
    found = event_catalogue.get(name)
    if found is None:
        raise NotFound(
            f"{name!r} is not in the catalogue; a custom name carries any JSON object.{event_catalogue.suggest(name)}"
        )
    return make_type_view(found)


def make_accepted_json(fired: FiredEvent) -> dict[str, Any]:
    return AcceptedView(
        id=fired.id, event=fired.name, mode=fired.mode, did_you_mean=find_meant(fired.name)
    ).json_value()


def make_event_view(row: EventRow) -> EventView:
    return EventView(**_event(row))


def make_event_detail(row: EventRow, reactions: Sequence[ReactionRow]) -> EventDetail:
    return EventDetail(**_event(row), reactions=tuple(map(make_reaction_view, reactions)))


def _event(row: EventRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "event": row.name,
        "mode": row.mode,
        "data": dict(make_event(row).data),
        "occurred_at": format_iso(row.occurred_at),
        "fired_at": format_iso(row.fired_at),
        "finished_at": format_moment(row.finished_at),
        "origin": row.origin,
        "caused_by": row.cause,
        "depth": row.depth,
        "state": row.state,
        "request_id": row.request_id,
    }


def make_reaction_view(row: ReactionRow) -> ReactionView:
    return ReactionView(
        subscriber=row.subscriber,
        priority=row.priority,
        blocking=row.blocking,
        state=row.state,
        attempts=row.attempts,
        detail=row.detail,
        error=row.error,
        started_at=format_moment(row.started_at),
        finished_at=format_moment(row.finished_at),
    )


def make_type_view(each: EventType) -> EventTypeView:
    return EventTypeView(
        name=each.name,
        category=each.category,
        title=each.title,
        description=each.description,
        of_data=dict(each.schema),
        sample=dict(each.sample),
    )
