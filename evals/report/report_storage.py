"""Report storage of a workspace: adds and deletes reports. Each change is recorded in AI History."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import store.eval_reports
from agent.history.recorder import EntryType, record_act
from agent.workspace.authority import may_remove_report
from core import ids
from core.actor import Actor
from core.errors import Conflict, Forbidden
from evals.report.report_parser import Head, ParsedReport, Share, list_outline, parse_report
from store.database import Database
from store.eval_reports import EvalAnswerRow, EvalFiguresRow, EvalReportRow, StoredReport

MOST: int = 1000
"""A workspace keeps no more reports than this."""


async def store_report(
    database: Database, actor: Actor, raw: bytes, now: datetime, *, request_id: str | None = None
) -> EvalReportRow:
    """Stores the report in this file. If the same file is stored already, returns that one. Raises InvalidInput for an
    invalid report, Conflict if there are too many."""
    read = await asyncio.to_thread(parse_report, raw)
    kept = await asyncio.to_thread(_make_rows, read, actor, now)
    async with database.begin() as session:
        if await store.eval_reports.count(session, actor.workspace) >= MOST:
            raise Conflict(
                f"A workspace keeps {MOST} reports, and this many are here: delete some that nobody compares with."
            )
        there = await store.eval_reports.keep(session, kept)
        if there is not None:
            return there
        what = {"report": kept.row.id, "name": kept.row.title, "sha256": kept.row.sha256}
        await record_act(session, actor, EntryType.EVAL_REPORT_KEPT, now, request_id=request_id, **what)
    return kept.row


async def remove_report(
    database: Database, actor: Actor, report_id: str, now: datetime, *, request_id: str | None = None
) -> None:
    """Deletes a stored report. Raises NotFound, and Forbidden for anybody but an owner or whoever stored it."""
    async with database.begin() as session:
        row = await store.eval_reports.get(session, actor.workspace, report_id)
        if not may_remove_report(actor, row.person):
            raise Forbidden(f"Only {row.person_name}, who kept this report, and owners delete it.")
        await store.eval_reports.remove(session, row)
        what = {"report": row.id, "name": row.title, "sha256": row.sha256}
        await record_act(session, actor, EntryType.EVAL_REPORT_DELETED, now, request_id=request_id, **what)


def make_head(figures: EvalFiguresRow) -> Head:
    return Head.model_validate_json(figures.head)


def _make_rows(read: ParsedReport, actor: Actor, now: datetime) -> StoredReport:
    head, report_id = read.head, ids.make_id("evr")
    none = Share()
    right = head.scores.get("all_right", none)
    row = EvalReportRow(
        id=report_id,
        workspace=actor.workspace,
        sha256=read.digest,
        title=head.title,
        resolver=head.setup.resolver,
        prompt_version=head.setup.prompt_version,
        cases_digest=head.cases_digest,
        cases=head.cases,
        answers=head.answers,
        wrong=head.wrong,
        all_right=right.value,
        low=right.low,
        high=right.high,
        wrong_acts=head.scores.get("wrong_acts", none).hits,
        unsafe_acts=head.scores.get("unsafe_acts", none).hits,
        p95_ms=head.latency_ms.p95,
        tokens=head.usage.tokens,
        cost=head.usage.cost,
        made_at=head.made_at,
        kept_at=now,
        person=actor.person,
        person_name=actor.name,
    )
    answers = [
        EvalAnswerRow(
            report=report_id,
            place=place,
            case_id=each.id,
            right=each.right,
            cause=each.cause,
            document=each.model_dump_json(),
        )
        for place, each in enumerate(read.entries)
    ]
    outlined = json.dumps(list_outline(read.entries), ensure_ascii=False, separators=(",", ":"))
    return StoredReport(row, EvalFiguresRow(report=report_id, head=head.model_dump_json(), outline=outlined), answers)
