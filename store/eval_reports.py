"""Eval reports that a workspace keeps: one row for lists, one with the figures, and one row for each answer.

Answers are ordered with the worst first (``place``), so a page of wrong ones is a range of the key and never a scan of
all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import NotFound
from store.dialect import UtcTime
from store.rows import Row, add, add_all, add_new, every, first, table


class EvalReportRow(Row, table=True):
    """Report as a list shows it. ``sha256`` is of the file's bytes: one workspace keeps a file once. ``cost`` is US
    dollars."""

    __tablename__ = "eval_reports"
    __table_args__ = (
        UniqueConstraint("workspace", "sha256"),
        Index("ix_eval_reports_workspace_made", "workspace", "made_at", "id"),
    )

    id: str = Field(primary_key=True)
    workspace: str = Field(foreign_key="workspaces.id")
    sha256: str
    title: str
    resolver: str
    prompt_version: str | None = None
    cases_digest: str
    cases: int
    answers: int
    wrong: int
    all_right: float | None = None
    low: float | None = None
    high: float | None = None
    wrong_acts: int
    unsafe_acts: int
    p95_ms: float
    tokens: int = Field(sa_type=BigInteger)
    cost: str | None = None
    made_at: datetime = Field(sa_type=UtcTime)
    kept_at: datetime = Field(sa_type=UtcTime)
    person: str
    person_name: str


class EvalFiguresRow(Row, table=True):
    """Figures of a report. ``head`` is all of the report but its entries, ``outline`` what a comparison reads of each
    entry: JSON, both the evals'."""

    __tablename__ = "eval_figures"

    report: str = Field(primary_key=True, foreign_key="eval_reports.id")
    head: str
    outline: str


class EvalAnswerRow(Row, table=True):
    """One answer of a report. ``document`` is the entry's JSON, owned by the evals."""

    __tablename__ = "eval_answers"
    __table_args__ = (
        Index("ix_eval_answers_case", "report", "case_id"),
        Index("ix_eval_answers_cause", "report", "cause", "place"),
    )

    report: str = Field(primary_key=True, foreign_key="eval_reports.id")
    place: int = Field(primary_key=True)
    case_id: str
    right: bool
    cause: str
    document: str


@dataclass(frozen=True, slots=True)
class StoredReport:
    """Whole report. ``answers`` are in order of ``place``."""

    row: EvalReportRow
    figures: EvalFiguresRow
    answers: Sequence[EvalAnswerRow]


_T = table(EvalReportRow)
_FIGURES = table(EvalFiguresRow)
_ANSWERS = table(EvalAnswerRow)


async def keep(session: AsyncSession, kept: StoredReport) -> EvalReportRow | None:
    """Stores a report and returns None. If the same file is stored already, returns its row and writes nothing."""
    if not await add_new(session, kept.row):
        same = select(_T).where(_T.c.workspace == kept.row.workspace, _T.c.sha256 == kept.row.sha256)
        return await first(session, EvalReportRow, same)
    await add(session, kept.figures)
    await add_all(session, kept.answers)
    return None


async def get(session: AsyncSession, workspace: str, report_id: str) -> EvalReportRow:
    """Reads one report's row. Raises NotFound, also for another workspace's report."""
    row = await first(session, EvalReportRow, select(_T).where(_T.c.id == report_id, _T.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such report in this workspace.")
    return row


async def listed(session: AsyncSession, workspace: str, *, start: int = 0, limit: int = 50) -> list[EvalReportRow]:
    """Every report, newest first."""
    mine = select(_T).where(_T.c.workspace == workspace).order_by(_T.c.made_at.desc(), _T.c.id.desc())
    return await every(session, EvalReportRow, mine.offset(start).limit(limit))


async def count(session: AsyncSession, workspace: str) -> int:
    made: int = (await session.execute(select(func.count()).where(_T.c.workspace == workspace))).scalar_one()
    return made


async def figures(session: AsyncSession, row: EvalReportRow) -> EvalFiguresRow:
    found = await first(session, EvalFiguresRow, select(_FIGURES).where(_FIGURES.c.report == row.id))
    if found is None:
        raise NotFound("This report's figures are gone: it is being deleted.")
    return found


async def answers(
    session: AsyncSession, row: EvalReportRow, *, wrong: bool = True, cause: str = "", start: int = 0, limit: int = 25
) -> list[EvalAnswerRow]:
    """A page of answers, worst first: the wrong ones or all, optionally of one cause."""
    mine = select(_ANSWERS).where(_ANSWERS.c.report == row.id)
    if wrong:
        mine = mine.where(_ANSWERS.c.right.is_(False))
    if cause:
        mine = mine.where(_ANSWERS.c.cause == cause)
    return await every(session, EvalAnswerRow, mine.order_by(_ANSWERS.c.place).offset(start).limit(limit))


async def of_cases(session: AsyncSession, row: EvalReportRow, cases: Collection[str]) -> list[EvalAnswerRow]:
    """The answers to these cases, the worst repetition of each first."""
    mine = select(_ANSWERS).where(_ANSWERS.c.report == row.id, _ANSWERS.c.case_id.in_(tuple(cases)))
    return await every(session, EvalAnswerRow, mine.order_by(_ANSWERS.c.place))


async def remove(session: AsyncSession, row: EvalReportRow) -> None:
    """Deletes a report. Raises NotFound if it is gone already."""
    for each in (_ANSWERS, _FIGURES):
        await session.execute(delete(each).where(each.c.report == row.id))
    gone: Any = (await session.execute(delete(_T).where(_T.c.id == row.id).returning(_T.c.id))).first()
    if gone is None:
        raise NotFound("There is no such report in this workspace any more.")
