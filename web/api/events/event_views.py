"""API views of events, event types and reactions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from core.actor import Mode
from core.clock import format_iso
from events.subscribers import FiredEvent, event_of_row
from registry.events.event_catalogue import EventType, find_meant
from store.events.events import EventRow, ReactionRow
from web.api.run_views import LATER, Moment, View, moment


class AcceptedView(View):
    """``id`` names the event from now on; everything that reacts to it carries it. ``mode`` ``test``: a test key fired
    it, and nobody reacts to it. ``did_you_mean``: the universal event whose name is a letter or two from this custom
    one; nobody who waits for that hears of this one."""

    id: str
    event: str
    mode: Annotated[Mode, Field(json_schema_extra=LATER)] = "live"
    did_you_mean: Annotated[str | None, Field(json_schema_extra=LATER)] = None


class EventView(View):
    """``caused_by`` is the event, run or call it was fired because of, ``depth`` how many events stand above it in that
    chain. ``state``: firing until every subscriber has had its turn. ``mode`` ``test``: a test key fired it, and nobody
    reacts to it."""

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
    """What one subscriber made of an event; lower ``priority`` comes first. ``skipped``: a blocking one before it
    failed."""

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
    """An event with its reactions in the order in which they come."""

    reactions: Sequence[ReactionView]


class EventPage(View):
    """``next`` goes into ``before`` for the page after this one; null at the end."""

    data: Sequence[EventView]
    next: str | None


class EventTypeView(View):
    """A universal event. ``schema`` is the JSON Schema of its data, ``sample`` an example that fits it."""

    model_config = ConfigDict(populate_by_name=True)

    name: str
    category: str
    title: str
    description: str
    of_data: Annotated[dict[str, Any], Field(alias="schema")]
    sample: dict[str, Any]


class EventTypeList(View):
    data: Sequence[EventTypeView]


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
        "data": dict(event_of_row(row).data),
        "occurred_at": format_iso(row.occurred_at),
        "fired_at": format_iso(row.fired_at),
        "finished_at": moment(row.finished_at),
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
        started_at=moment(row.started_at),
        finished_at=moment(row.finished_at),
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
