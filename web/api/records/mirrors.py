"""Record cache over REST: how fresh each kind is, and starting a full sync."""

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
    """How one kind of one connector is kept. ``fresh``: look-ups go by the ``records`` that are kept, else by the
    platform. ``state``: ``none`` was never read; ``reading`` has come as far as ``seen``. ``synced_at``: all were read
    by then; ``heard_at``: an event last carried a state then. ``events`` are the patterns of those that do."""

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
    """One connector and one kind, or all of what is left out."""

    connector: Name = None
    kind: Name = None


@router.get("", response_model=MirrorList)
async def listed(
    request: Request, caller: Annotated[Caller, Depends(require_signature("connectors:read"))]
) -> MirrorList:
    """Every kind that may be kept here, and how fresh it is."""
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
    """Read all records of these kinds anew, in the background; what is being read already goes on. How far it is: the
    list."""
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
