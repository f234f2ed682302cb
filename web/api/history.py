"""AI History over REST, for owners: pages, one entry, the CSV export, the chain's verdict."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

import store.history
from agent.history import csv_lines
from agent.house import House
from core.actor import OWNER
from core.errors import Forbidden
from store.history import Filters, HistoryRow
from web.door import Caller, house_of, signed

router = APIRouter(prefix="/v1/history", tags=["history"])


async def owner(caller: Annotated[Caller, Depends(signed("history:read"))]) -> Caller:
    if caller.actor.role != OWNER:
        raise Forbidden("Only owners read AI History.")
    return caller


Owner = Annotated[Caller, Depends(owner)]


def filters(
    kind: Annotated[list[str] | None, Query()] = None,
    run_id: str | None = None,
    contract: str | None = None,
    outcome: str | None = None,
    risk: str | None = None,
    model: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
) -> Filters:
    return Filters(
        kinds=tuple(kind or ()), run_id=run_id, contract=contract, outcome=outcome, risk=risk, model=model,
        since=since, until=until, words=q,
    )  # fmt: skip


@router.get("")
async def page(
    request: Request,
    caller: Owner,
    wanted: Annotated[Filters, Depends(filters)],
    before: Annotated[int | None, Query(ge=1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    async with house_of(request).sessions.read() as session:
        rows = await store.history.page(session, caller.actor.workspace, filters=wanted, before_seq=before, limit=limit)
    return {"data": [entry_json(row) for row in rows], "next": rows[-1].seq if len(rows) == limit else None}


@router.get("/export.csv")
async def export(request: Request, caller: Owner, wanted: Annotated[Filters, Depends(filters)]) -> StreamingResponse:
    return csv_response(house_of(request), caller.actor.workspace, wanted)


@router.get("/verify")
async def verify(request: Request, caller: Owner) -> dict[str, Any]:
    async with house_of(request).sessions.read() as session:
        verdict = await store.history.verify(session, caller.actor.workspace)
    return {"ok": verdict.ok, "count": verdict.count, "first_break": verdict.first_break, "why": verdict.why}


@router.get("/{seq}")
async def entry(request: Request, caller: Owner, seq: int) -> dict[str, Any]:
    async with house_of(request).sessions.read() as session:
        return entry_json(await store.history.get(session, caller.actor.workspace, seq))


def csv_response(house: House, workspace: str, wanted: Filters) -> StreamingResponse:
    """The whole filtered history as a download, streamed from one moment of the database in constant memory."""

    async def lines() -> AsyncIterator[bytes]:
        async with house.sessions.read() as session:
            async for piece in csv_lines(store.history.stream(session, workspace, wanted)):
                yield piece.encode()

    headers = {"Content-Disposition": 'attachment; filename="opsiq-history.csv"', "Cache-Control": "no-store"}
    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def entry_json(row: HistoryRow) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "id": row.id,
        "at": row.at.isoformat(),
        "kind": row.kind,
        "run_id": row.run_id,
        "request_id": row.request_id,
        "actor": json.loads(row.actor),
        "contract": row.contract,
        "outcome": row.outcome,
        "risk": row.risk,
        "model": row.model,
        "prompt_version": row.prompt_version,
        "duration_ms": row.duration_ms,
        "data": json.loads(row.data),
        "prev": row.prev,
        "digest": row.digest,
    }
