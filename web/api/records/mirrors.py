"""Record cache over REST: shows how fresh each kind is, and starts full syncs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from pydantic import Field

from agent.record_cache.sync import CacheStatus
from web.api.body import Body, parse_body
from web.api.view import Moment, View, format_moment
from web.auth import Caller, get_container, require_signature
from web.idempotency import act_once
from web.openapi import describe_body, describe_problems

router = APIRouter(prefix="/v1/mirrors", tags=["mirrors"])

Name = Annotated[str | None, Field(min_length=1, max_length=64)]


class MirrorView(View):
    """State of one cached kind of a connector. ``fresh``: look-ups use the ``records`` in the cache, and otherwise ask
    the platform. ``state``: ``none`` was never read, and ``reading`` has read ``seen`` records so far. ``synced_at``:
    all records were read by then. ``heard_at``: when an event last carried a record. ``events`` are the patterns of
    events that carry one."""

    connector: str
    kind: str
    events: tuple[str, ...]
    state: Literal["none", "reading", "ready", "failed"]
    fresh: bool
    records: int
    seen: int
    began_at: Moment | None
    synced_at: Moment | None
    heard_at: Moment | None
    error: str


class MirrorList(View):
    data: Sequence[MirrorView]


class SyncBody(Body):
    """The connector and kind to sync. A field that is left out means all."""

    connector: Name = None
    kind: Name = None


@router.get("", response_model=MirrorList)
async def listed(
    request: Request, caller: Annotated[Caller, Depends(require_signature("connectors:read"))]
) -> MirrorList:
    """Every kind that may be cached here, and how fresh it is."""
    return _list(await get_container(request).cache_sync.list_status(caller.actor.workspace))


@router.post(
    "/sync",
    status_code=202,
    response_model=MirrorList,
    responses=describe_problems("404"),
    openapi_extra=describe_body(SyncBody, {"connector": "saas", "kind": "customer"}),
)
async def sync(
    request: Request, caller: Annotated[Caller, Depends(require_signature("connectors:write", owner=True))]
) -> Response:
    """Starts reading all records of these kinds again, in the background. A read that is already running goes on. The
    list shows the progress."""
    body = parse_body(SyncBody, caller)
    return await act_once(
        request,
        caller,
        lambda in_transaction: get_container(request).cache_sync.begin(
            caller.actor, body.connector, body.kind, in_transaction=in_transaction
        ),
        _json,
        status=202,
    )


def _list(standing: Sequence[CacheStatus]) -> MirrorList:
    return MirrorList(data=tuple(map(_view, standing)))


def _json(standing: Sequence[CacheStatus]) -> dict[str, Any]:
    return _list(standing).json_value()


def _view(each: CacheStatus) -> MirrorView:
    return MirrorView(
        connector=each.connector,
        kind=each.kind,
        events=each.events,
        state=each.state,
        fresh=each.fresh,
        records=each.records,
        seen=each.seen,
        began_at=format_moment(each.began_at),
        synced_at=format_moment(each.synced_at),
        heard_at=format_moment(each.heard_at),
        error=each.error,
    )
