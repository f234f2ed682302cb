"""AI History over REST, for owners: pages, single entries, exports, and verification of the chain."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field

import store.history.log
from agent.history import integrity
from agent.history.columns import describe_entry, export_csv, export_json
from agent.history.recorder import EntryType, record_act
from core.actor import Mode
from evals.cases.harvest import MOST, harvest_cases
from store.database import Database
from store.history.log import HistoryFilters, HistoryRow
from web.api.body import Instant
from web.api.view import LATER, Moment, View
from web.auth import Caller, get_container, require_signature
from web.openapi import describe_problems
from web.turns import get_history_turns, get_world_turns, take_search_turn

router = APIRouter(prefix="/v1/history", tags=["history"])


Owner = Annotated[Caller, Depends(require_signature("history:read", owner=True))]
Word = Annotated[str | None, Query(max_length=200)]
MAX_SEQ = 2**53 - 1


# The columns of ``agent.history.columns`` with their types.
class EntryView(View):
    """One entry. ``mode`` is the mode of the run or of the actor: a ``test`` entry's calls were never sent.
    ``thread_id`` is the run's thread, named by its first request. ``digest`` covers everything in the entry and
    ``prev``, the digest of the entry before it."""

    seq: int
    id: str
    at: Moment
    kind: str
    run_id: str | None
    request_id: str | None
    actor: dict[str, Any]
    contract: str | None
    outcome: str | None
    risk: str | None
    model: str | None
    prompt_version: str | None
    duration_ms: float | None
    mode: Annotated[Mode, Field(json_schema_extra=LATER)] = "live"
    thread_id: Annotated[str | None, Field(json_schema_extra=LATER)] = None
    data: dict[str, Any]
    prev: str
    digest: str


class EntryPage(View):
    """A page of entries. ``next`` is the ``before`` of the next page, null at the end."""

    data: Sequence[EntryView]
    next: int | None


class CasesView(View):
    """Cases for `opsiq eval run`, with their ``world``. ``skipped`` counts the decisions that make no case, by
    reason."""

    cases: Sequence[dict[str, Any]]
    world: dict[str, Any]
    skipped: dict[str, int]


class VerdictView(View):
    """Result of verifying the chain. ``first_break`` is the number of the first altered entry, or null. ``anchors``
    counts the compared anchors, and ``anchored`` is the entry number of the latest one that matches. ``problems`` are
    sentences about other stored data that was altered: members, keys, contracts, cards. ``ok`` covers all of these."""

    ok: bool
    count: int
    first_break: int | None
    why: str | None
    anchors: int
    anchored: int | None
    problems: Sequence[str]


def read_filters(
    kind: Annotated[list[str] | None, Query(max_length=50)] = None,
    run_id: Word = None,
    contract: Word = None,
    outcome: Word = None,
    risk: Word = None,
    model: Word = None,
    since: Instant | None = None,
    until: Instant | None = None,
    q: Annotated[str, Query(max_length=200)] = "",
) -> HistoryFilters:
    return HistoryFilters(
        kinds=tuple(kind or ()),
        run_id=run_id,
        contract=contract,
        outcome=outcome,
        risk=risk,
        model=model,
        since=since,
        until=until,
        words=q,
    )


@router.get("", response_model=EntryPage)
async def page(
    request: Request,
    caller: Owner,
    wanted: Annotated[HistoryFilters, Depends(read_filters)],
    before: Annotated[int | None, Query(ge=1, le=MAX_SEQ)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """AI History, newest first, filtered."""
    workspace = caller.actor.workspace
    async with (
        take_search_turn(request, workspace, wanted.words),
        get_container(request).database.read() as session,
    ):
        rows = await store.history.log.page(session, workspace, filters=wanted, before_seq=before, limit=limit)
    return {"data": [describe_entry(row) for row in rows], "next": rows[-1].seq if len(rows) == limit else None}


@router.get(
    "/export.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export(
    request: Request, caller: Owner, wanted: Annotated[HistoryFilters, Depends(read_filters)]
) -> StreamingResponse:
    """The filtered history as CSV, streamed whole as it is when the download begins. Taking it is recorded in AI
    History."""
    await _record_export(request, caller)
    return await stream_csv(request, caller.actor.workspace, wanted)


@router.get(
    "/export.jsonl",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {"schema": {"type": "string"}}}}},
)
async def export_lines(
    request: Request, caller: Owner, wanted: Annotated[HistoryFilters, Depends(read_filters)]
) -> StreamingResponse:
    """The filtered history as JSON lines, oldest first, an entry a line. Streamed whole as it is when the download
    begins. Taking it is recorded in AI History."""
    await _record_export(request, caller)
    return await _download(request, caller.actor.workspace, wanted, export_json, "application/jsonl", "jsonl")


@router.get("/verify", response_model=VerdictView)
async def verify(request: Request, caller: Owner) -> dict[str, Any]:
    """Verifies the chain of digests and reports its first break. It also compares the chain with this server's anchors
    and its counts by day, and checks the authentication codes of all data that grants rights or determines what is
    sent."""
    container = get_container(request)
    anchors = await container.anchors.of(caller.actor.workspace)
    async with get_history_turns(request).take(caller.actor.workspace), container.database.read() as session:
        report = await integrity.examine(session, caller.actor.workspace, anchors=anchors)
    verdict = report.verdict
    return {
        "ok": report.ok,
        "count": verdict.count,
        "first_break": verdict.first_break,
        "why": report.why or None,
        "anchors": verdict.anchors,
        "anchored": verdict.anchored.seq if verdict.anchored else None,
        "problems": report.problems,
    }


@router.get("/cases", response_model=CasesView)
async def cases(
    request: Request,
    caller: Owner,
    since: Instant | None = None,
    until: Instant | None = None,
    contract: Word = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> dict[str, Any]:
    """The newest cards that were confirmed, or rejected as misread, as cases for evals, with their records and
    contracts. Taking them is recorded in AI History."""
    container, actor = get_container(request), caller.actor
    context = await container.contexts.of(actor.workspace)
    wanted = HistoryFilters(since=since, until=until, contract=contract)
    async with get_world_turns(request).take(actor.workspace):
        found = await harvest_cases(container.database, actor.workspace, context, wanted, limit)
    async with container.database.begin() as session:
        await record_act(
            session,
            actor,
            EntryType.EXPORTED,
            container.clock(),
            request_id=request.state.request_id,
            what="cases",
            count=len(found.cases),
        )
    return {"cases": list(found.cases), "world": found.world, "skipped": found.skipped}


@router.get("/{seq}", response_model=EntryView, responses=describe_problems("404"))
async def entry(request: Request, caller: Owner, seq: Annotated[int, Path(ge=1, le=MAX_SEQ)]) -> dict[str, Any]:
    """One entry, complete."""
    async with get_container(request).database.read() as session:
        return describe_entry(await store.history.log.get(session, caller.actor.workspace, seq))


async def _record_export(request: Request, caller: Owner) -> None:
    container = get_container(request)
    async with container.database.begin() as session:
        await record_act(
            session,
            caller.actor,
            EntryType.EXPORTED,
            container.clock(),
            request_id=request.state.request_id,
            query=request.url.query,
        )


async def stream_csv(request: Request, workspace: str, wanted: HistoryFilters) -> StreamingResponse:
    """The whole filtered history as a CSV download, as it is now. Raises Unavailable."""
    return await _download(request, workspace, wanted, export_csv, "text/csv; charset=utf-8", "csv")


async def _download(
    request: Request,
    workspace: str,
    wanted: HistoryFilters,
    written: Callable[[AsyncIterator[HistoryRow]], AsyncIterator[str]],
    media_type: str,
    suffix: str,
) -> StreamingResponse:
    """A history in constant memory. Each piece takes a turn and connections of its own, and none while it is sent: a
    client may read as slowly as it likes."""
    turns = get_history_turns(request)
    pieces = written(_read_until_now(get_container(request).database, workspace, wanted))

    async def write_next(*, patient: bool = True) -> str | None:
        async with turns.take(workspace, patient=patient):
            return await anext(pieces, None)

    async def send(piece: str | None) -> AsyncIterator[bytes]:
        while piece is not None:
            yield piece.encode()
            piece = await write_next()

    headers = {"Content-Disposition": f'attachment; filename="opsiq-history.{suffix}"', "Cache-Control": "no-store"}
    # The first piece is written before the answer begins, so that a refusal can still be one.
    return StreamingResponse(send(await write_next(patient=False)), media_type=media_type, headers=headers)


async def _read_until_now(database: Database, workspace: str, wanted: HistoryFilters) -> AsyncIterator[HistoryRow]:
    """The entries up to the newest one at the first step, oldest first."""
    async with database.read() as session:
        newest = await store.history.log.page(session, workspace, limit=1)
    end, after = newest[0].seq if newest else 0, 0
    while after < end:
        async with database.read() as session:
            rows = await store.history.log.read_batch(session, workspace, wanted, after=after)
        for row in rows:
            if row.seq > end:
                return
            yield row
        after = rows[-1].seq if rows else end
