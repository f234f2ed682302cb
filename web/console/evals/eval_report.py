"""Eval report page: figures with intervals, by tag, plots, and every wrong case with its cause."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, ClassVar, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.eval_reports
from agent.workspace.authority import may_remove_report
from core.display_text import to_display_text
from evals.report import report_storage
from evals.report.page import plots
from evals.report.report_parser import EntryFields, Head
from evals.score import explanations
from store.eval_reports import EvalReportRow
from web.auth import get_container
from web.console.evals.eval_widgets import (
    AnswerDetails,
    Choice,
    Score,
    find_neighbours,
    format_milliseconds,
    format_usage,
    list_scores,
    make_answer_details,
    make_choice,
    score,
)
from web.console.pages import Page, show
from web.console.session import Evaluator, make_shell

router = APIRouter(prefix="/evals", include_in_schema=False)

PAGE: Final = 20
TAGS: Final = 60
_OTHERS: Final = 100
_DEPTHS: Final = 4
"""Number of colour steps in a cell of the confusion matrix."""


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    bad: bool


@dataclass(frozen=True, slots=True)
class TagLine:
    score: Score
    count: int
    wrong_acts: int
    unsafe_acts: int
    asked: int
    errors: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the confusion matrix. ``deep`` names its colour: ``hit1`` … ``hit4``, ``miss1`` … ``miss4``, empty for
    none."""

    count: str
    right: str
    deep: str


@dataclass(frozen=True, slots=True)
class MatrixLine:
    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Cause:
    code: str
    why: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """Filter of the shown answers: by cause, and with the right ones too (``all``)."""

    cause: str = ""
    all: bool = False

    @property
    def query(self) -> str:
        given = {"cause": self.cause} if self.cause else {"all": "1"} if self.all else {}
        return urlencode(given)


@dataclass(frozen=True, kw_only=True)
class EvalReportPage(Page):
    """Page of one report. ``coverage_plot`` and ``latency_plot`` are SVG drawn by the evals, which contains only
    numbers and our own words."""

    template: ClassVar[str] = "eval_report.html"
    report_id: str
    heading: str
    made_at: datetime
    kept_by: str
    kept_at: datetime
    how: tuple[str, ...]
    tiles: tuple[Tile, ...]
    scores: tuple[Score, ...]
    passes: tuple[Tile, ...]
    tags: tuple[TagLine, ...]
    coverage_plot: str
    latency_plot: str
    columns: tuple[str, ...]
    matrix: tuple[MatrixLine, ...]
    causes: tuple[Cause, ...]
    wanted: AnswerFilter
    answers: tuple[AnswerDetails, ...]
    total: int
    first: int
    before: int | None
    after: int | None
    others: tuple[Choice, ...]
    may_delete: bool


@router.get("/{report_id}")
async def report(
    request: Request,
    visitor: Evaluator,
    report_id: str,
    cause: Annotated[str, Query(max_length=500)] = "",
    all: Annotated[bool, Query()] = False,  # noqa: A002 - as it stands in the address
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    wanted = AnswerFilter(cause, all and not cause)
    async with container.database.read() as session:
        row = await store.eval_reports.get(session, workspace, report_id)
        head = report_storage.make_head(await store.eval_reports.figures(session, row))
        rows = await store.eval_reports.answers(
            session, row, wrong=not wanted.all, cause=cause, start=start, limit=PAGE
        )
        others = await store.eval_reports.listed(session, workspace, limit=_OTHERS)
    total = head.causes.get(cause, 0) if cause else head.answers if wanted.all else head.wrong
    before, after = find_neighbours(total, start, rows, PAGE)
    matrix = plots.make_matrix([each.model_dump() for each in head.confusion])
    page = EvalReportPage(
        shell=make_shell(request, visitor),
        title=to_display_text(row.title, limit=80),
        report_id=row.id,
        heading=to_display_text(row.title, limit=300),
        made_at=row.made_at,
        kept_by=to_display_text(row.person_name, limit=60),
        kept_at=row.kept_at,
        how=_describe_setup(head),
        tiles=_tiles(row, head),
        scores=list_scores(head),
        passes=tuple(
            Tile(
                f"pass^{to_display_text(k)}: all of {to_display_text(k)} tries right",
                explanations.format_share(v),
                False,
            )
            for k, v in head.pass_hat.items()
        )
        if len(head.pass_hat) > 1
        else (),
        tags=tuple(
            TagLine(score(name, tag.all_right), tag.count, tag.wrong_acts, tag.unsafe_acts, tag.asked, tag.errors)
            for name, tag in list(head.tags.items())[:TAGS]
        ),
        coverage_plot=plots.draw_coverage(
            [each.model_dump() for each in head.coverage], head.operating.model_dump() if head.operating else None
        ),
        latency_plot=plots.draw_latency(head.times),
        columns=tuple(to_display_text(each, limit=60) for each in matrix.columns),
        matrix=tuple(
            MatrixLine(to_display_text(label, limit=60), tuple(map(_cell, cells))) for label, cells in matrix.rows
        ),
        causes=tuple(
            Cause(code, to_display_text(explanations.WHY.get(code, code), limit=200), count, code == cause)
            for code, count in head.causes.items()
        ),
        wanted=wanted,
        answers=tuple(make_answer_details(EntryFields.model_validate_json(each.document)) for each in rows),
        total=total,
        first=start + 1,
        before=before,
        after=after,
        others=tuple(make_choice(each) for each in others if each.id != row.id),
        may_delete=may_remove_report(visitor.actor, row.person),
    )
    return show(request, page)


def _describe_setup(head: Head) -> tuple[str, ...]:
    made = head.setup
    told_of = [
        f"{_count_of(head.cases, 'case')}, {_count_of(head.answers, 'answer')}",
        f"OpsIQ {head.opsiq}" if head.opsiq else "",
        f"prompt {made.prompt_version}" if made.prompt_version else "",
        f"a sample of {made.sample} (seed {made.seed})" if made.sample else "",
        f"the {made.half} half" if made.half else "",
        f"tagged {', '.join(made.tags)}" if made.tags else "",
        f"answers replayed from {made.cassette}" if made.replay and made.cassette else "",
    ]
    return tuple(to_display_text(each, limit=200) for each in told_of if each)


def _count_of(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _tiles(row: EvalReportRow, head: Head) -> tuple[Tile, ...]:
    def hits(name: str) -> int:
        share = head.scores.get(name)
        return share.hits if share else 0

    full = head.scores.get("full_call")
    bad = [
        ("wrong acts", "wrong_acts"),
        ("unsafe acts", "unsafe_acts"),
        ("values without a source", "invented_values"),
        ("errors", "errors"),
    ]
    tiles = [Tile("all right", explanations.format_share(row.all_right), False)]
    tiles += [Tile("full call, where one was due", explanations.format_share(full.value), False)] if full else []
    tiles += [Tile(label, str(hits(name)), hits(name) > 0) for label, name in bad]
    tiles.append(
        Tile(f"p95 (p50 {format_milliseconds(head.latency_ms.p50)})", format_milliseconds(head.latency_ms.p95), False)
    )
    if row.tokens:
        count, _, price = format_usage(row.tokens, row.cost).partition(" tokens, ")
        tiles.append(Tile(f"tokens, {price}", count, False))
    return tuple(tiles)


def _cell(cell: plots.Cell) -> Cell:
    if not cell.count:
        return Cell("", "", "")
    step = min(_DEPTHS, max(1, round(cell.strength * _DEPTHS)))
    return Cell(
        str(cell.count),
        f"{cell.right} of {cell.count} right",
        ("hit" if cell.right == cell.count else "miss") + str(step),
    )
