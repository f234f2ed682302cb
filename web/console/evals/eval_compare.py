"""Comparison page of two eval reports: what changed, in which cases, and whether it may be chance."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

import store.eval_reports
from core.display_text import to_display_text
from core.errors import InvalidInput
from evals.report import report_storage
from evals.report.compare import Comparison, compare_reports
from evals.report.report_parser import EntryFields, Share
from evals.score import explanations
from evals.score.metrics import LESS_IS_BETTER, TITLES
from store.eval_reports import EvalReportRow
from web.auth import get_container
from web.console.evals.eval_widgets import Choice, find_neighbours, make_choice
from web.console.pages import Page, show
from web.console.session import Evaluator, make_shell

router = APIRouter(prefix="/evals", include_in_schema=False)

PAGE: Final = 20
_CHOICES: Final = 100
CHANCE: Final = 0.05
Group = Literal["broken", "fixed", "new_wrong_acts", "new_unsafe"]
_GROUPS: Final[dict[Group, str]] = {
    "broken": "Broken",
    "fixed": "Fixed",
    "new_wrong_acts": "New wrong acts",
    "new_unsafe": "New unsafe acts",
}


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One score in both reports. ``tone`` says whether the second is better (``good``), worse (``bad``) or neither
    (``quiet``)."""

    title: str
    first: str
    first_interval: str
    second: str
    second_interval: str
    difference: str
    tone: str


@dataclass(frozen=True, slots=True)
class TagRow:
    tag: str
    count: int
    first: int
    second: int
    difference: str
    tone: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    name: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case with different results: what each report did, and why that was wrong if it was."""

    id: str
    prompt: str
    right: str
    first: str
    first_why: str
    second: str
    second_why: str


@dataclass(frozen=True, slots=True)
class ComparisonVerdict:
    """Verdict on two compared reports. ``sentence`` is the result of McNemar's test: whether so many fixed and broken
    cases may be chance."""

    common: int
    only_in_first: int
    only_in_second: int
    right_first: int
    right_second: int
    fixed: int
    broken: int
    sentence: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class EvalComparePage(Page):
    """Page that compares two reports. ``verdict`` is None until two comparable reports are chosen."""

    template: ClassVar[str] = "eval_compare.html"
    reports: tuple[Choice, ...]
    one: Choice | None
    two: Choice | None
    trouble: str
    verdict: ComparisonVerdict | None
    scores: tuple[ScoreRow, ...]
    tags: tuple[TagRow, ...]
    groups: tuple[GroupRow, ...]
    changed: tuple[ChangedCase, ...]
    total: int
    first: int
    before: int | None
    after: int | None


@router.get("/compare")
async def compare(
    request: Request,
    visitor: Evaluator,
    of: Annotated[list[str] | None, Query(max_length=10)] = None,
    show_group: Annotated[Group | None, Query(alias="show")] = None,
    start: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    chosen = list(dict.fromkeys(of or ()))
    found: Comparison | None = None
    rows: list[EvalReportRow] = []
    trouble = ""
    scores: tuple[ScoreRow, ...] = ()
    changed: tuple[ChangedCase, ...] = ()
    group: Group = show_group or "broken"
    async with container.database.read() as session:
        reports = await store.eval_reports.listed(session, workspace, limit=_CHOICES)
        if len(chosen) == 2:
            rows = [await store.eval_reports.get(session, workspace, each) for each in chosen]
            try:
                found, scores = await _compare(session, rows)
            except InvalidInput as error:
                trouble = error.detail
        elif of:
            trouble = "Choose two reports to compare: one in each field, and not the same."
        if found:
            if show_group is None:
                group = next((name for name in _GROUPS if _cases(found, name)), group)
            changed = await _list_changed(session, rows, _cases(found, group)[start : start + PAGE])
    total = len(_cases(found, group)) if found else 0
    before, after = find_neighbours(total, start, changed, PAGE)
    one, two = (make_choice(each) for each in rows) if rows else (None, None)
    page = EvalComparePage(
        shell=make_shell(request, visitor),
        title="Compare reports",
        reports=tuple(map(make_choice, reports)),
        one=one,
        two=two,
        trouble=trouble,
        verdict=_verdict(found) if found else None,
        scores=scores,
        tags=_tags(found) if found else (),
        groups=tuple(GroupRow(name, label, len(_cases(found, name)), name == group) for name, label in _GROUPS.items())
        if found
        else (),
        changed=changed,
        total=total,
        first=start + 1,
        before=before,
        after=after,
    )
    return show(request, page, status=422 if trouble else 200)


async def _compare(session: AsyncSession, rows: list[EvalReportRow]) -> tuple[Comparison, tuple[ScoreRow, ...]]:
    figures = [await store.eval_reports.figures(session, each) for each in rows]
    heads = [report_storage.make_head(each) for each in figures]
    reports = [
        {"title": row.title, "metrics": {}, "entries": json.loads(each.outline)}
        for row, each in zip(rows, figures, strict=True)
    ]
    none = Share()
    one, two = (head.scores for head in heads)
    named = [name for name in TITLES if name in one or name in two]
    return compare_reports(*reports), tuple(
        _to_score_row(name, one.get(name, none), two.get(name, none)) for name in named
    )


async def _list_changed(
    session: AsyncSession, rows: list[EvalReportRow], cases: tuple[str, ...]
) -> tuple[ChangedCase, ...]:
    both: list[dict[str, EntryFields]] = []
    for row in rows:
        answers = await store.eval_reports.of_cases(session, row, cases)
        both.append({each.case_id: EntryFields.model_validate_json(each.document) for each in reversed(answers)})
    one, two = both
    return tuple(_case(one[each], two[each]) for each in cases)


def _case(one: EntryFields, two: EntryFields) -> ChangedCase:
    return ChangedCase(
        id=to_display_text(one.id, limit=160),
        prompt=to_display_text(one.prompt or two.prompt or one.id, limit=300),
        right=to_display_text(explanations.describe_expected(one.expected or two.expected), lines=True, limit=2000),
        first=_did(one),
        first_why=_explain(one),
        second=_did(two),
        second_why=_explain(two),
    )


def _did(came: EntryFields) -> str:
    lines = (
        came.error,
        came.decision + (f": {came.question}" if came.question else ""),
        explanations.describe_calls(came.model_dump()["calls"]),
    )
    return to_display_text("\n".join(filter(None, lines)), lines=True, limit=2000)


def _explain(came: EntryFields) -> str:
    return "" if came.right else to_display_text(explanations.WHY.get(came.cause, came.cause), limit=300) or "wrong"


def _cases(found: Comparison, group: Group) -> tuple[str, ...]:
    cases: tuple[str, ...] = getattr(found, group)
    return cases


def _verdict(found: Comparison) -> ComparisonVerdict:
    p = f"p = {found.p:.4f} (McNemar, exact)"
    moved = len(found.fixed) - len(found.broken)
    sentence, tone = f"That may be chance: {p}.", "quiet"
    if not found.fixed and not found.broken:
        sentence = "No case came out differently."
    elif found.p < CHANCE and moved:
        sentence, tone = f"That is more than chance: {p}.", "good" if moved > 0 else "bad"
    return ComparisonVerdict(
        found.common,
        found.only_in_first,
        found.only_in_second,
        found.right_first,
        found.right_second,
        len(found.fixed),
        len(found.broken),
        sentence,
        tone,
    )


def _to_score_row(name: str, one: Share, two: Share) -> ScoreRow:
    difference, tone = "", "quiet"
    if one.value is not None and two.value is not None:
        points = (two.value - one.value) * 100
        difference = f"{points:+.1f}" if round(points, 1) else "="
        if round(points, 1):
            tone = "good" if (points < 0) == (name in LESS_IS_BETTER) else "bad"
    return ScoreRow(
        TITLES[name],
        explanations.format_share(one.value),
        _interval(one),
        explanations.format_share(two.value),
        _interval(two),
        difference,
        tone,
    )


def _interval(share: Share) -> str:
    return (
        ""
        if share.value is None
        else f"{explanations.format_share(share.low)} – {explanations.format_share(share.high)}"
    )


def _tags(found: Comparison) -> tuple[TagRow, ...]:
    moved = [(tag, *row) for tag, row in found.tags.items() if row[1] != row[2]]
    moved.sort(key=lambda each: each[3] - each[2])
    return tuple(
        TagRow(to_display_text(tag, limit=80), count, one, two, f"{two - one:+d}", "good" if two > one else "bad")
        for tag, count, one, two in moved[:60]
    )
