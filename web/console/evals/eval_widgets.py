"""Widgets of eval pages: shares as bars, and answers with what was right, what was done and why that was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.display_text import to_display_text
from evals.report.report_parser import EntryFields, Head, Share
from evals.score import explanations
from evals.score.metrics import LESS_IS_BETTER, TITLES
from store.eval_reports import EvalReportRow

WIDTH: Final = 1000
"""Width of a bar's drawing in units, from 0 % to 100 %."""


@dataclass(frozen=True, slots=True)
class RateBar:
    """A bar of ``width`` with its interval from ``low`` to ``high``, in units of the drawing."""

    width: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Score:
    title: str
    value: str
    interval: str
    of: str
    bar: RateBar
    wrong: bool


@dataclass(frozen=True, slots=True)
class LabelledText:
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class AnswerDetails:
    """One answer. ``flag`` is its worst fault, or empty."""

    id: str
    prompt: str
    flag: str
    right: bool
    told: tuple[LabelledText, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report in a list."""

    id: str
    title: str
    resolver: str
    made_at: datetime
    kept_by: str
    all_right: str
    interval: str
    bar: RateBar
    cases: int
    wrong_acts: int
    unsafe_acts: int
    p95: str
    usage: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One report in a selection list."""

    id: str
    title: str
    resolver: str
    made_at: datetime
    all_right: str
    cases: int


def make_choice(row: EvalReportRow) -> Choice:
    return Choice(
        row.id,
        to_display_text(row.title, limit=100),
        _resolver(row),
        row.made_at,
        explanations.format_share(row.all_right),
        row.cases,
    )


def make_report_row(row: EvalReportRow) -> ReportRow:
    return ReportRow(
        id=row.id,
        title=to_display_text(row.title, limit=160),
        resolver=_resolver(row),
        made_at=row.made_at,
        kept_by=to_display_text(row.person_name, limit=60),
        all_right=explanations.format_share(row.all_right),
        interval=_interval(row.low, row.high),
        bar=_bar(row.all_right, row.low, row.high),
        cases=row.cases,
        wrong_acts=row.wrong_acts,
        unsafe_acts=row.unsafe_acts,
        p95=format_milliseconds(row.p95_ms),
        usage=format_usage(row.tokens, row.cost),
    )


def list_scores(head: Head) -> tuple[Score, ...]:
    shown = [(TITLES[name], share, name in LESS_IS_BETTER) for name, share in head.scores.items()]
    return tuple(score(title, share, less=less) for title, share, less in shown)


def score(title: str, share: Share, *, less: bool = False) -> Score:
    return Score(
        title=to_display_text(title, limit=120),
        value=explanations.format_share(share.value),
        interval=_interval(share.low, share.high),
        of=f"{share.hits}/{share.of}",
        bar=_bar(share.value, share.low, share.high),
        wrong=less and share.hits > 0,
    )


def make_answer_details(came: EntryFields) -> AnswerDetails:
    entry = came.model_dump()
    did = "\n".join(
        filter(
            None,
            (
                came.decision + (f": {came.question}" if came.question else ""),
                explanations.describe_calls(entry["calls"]),
            ),
        )
    )
    lines = {
        "why": _join_reasons(explanations.WHY.get(came.cause, came.cause), came.detail),
        "asked": f"{came.role}: {came.prompt}" if came.role else came.prompt,
        "expected": explanations.describe_expected(came.expected),
        "it did": did,
        "error": came.error,
        "asked for": ", ".join(came.missing),
        "offered": "\n".join(came.candidates),
        "held because": "\n".join(came.held or ()),
        "values from": "\n".join(explanations.describe_sources(entry)),
        "without a source": ", ".join(came.invented),
        "confidence": "" if came.confidence is None else f"{came.confidence:.3f}",
        "notes": "\n".join(came.notes),
    }
    return AnswerDetails(
        id=to_display_text(came.id + (f" · try {came.take + 1}" if came.take else ""), limit=160),
        prompt=to_display_text(came.prompt or came.id, limit=160),
        flag=flag(came),
        right=came.right,
        told=tuple(
            LabelledText(label, to_display_text(value, lines=True, limit=6000))
            for label, value in lines.items()
            if value
        ),
        tags=tuple(to_display_text(each, limit=60) for each in came.tags[:20]),
    )


def flag(came: EntryFields) -> str:
    return "unsafe" if came.unsafe else "wrong act" if came.wrong_act else ""


def format_milliseconds(value: float) -> str:
    """``76 ms``, ``3.2 s``, or nothing if nothing was measured."""
    if not value:
        return "–"
    return f"{value:.3g} ms" if value < 1000 else f"{value / 1000:.3g} s"


def format_usage(tokens: int, cost: str | None) -> str:
    if not tokens:
        return "no tokens"
    return f"{tokens:,} tokens, " + (f"{to_display_text(cost, limit=40)} US dollars" if cost else "price unknown")


def _resolver(row: EvalReportRow) -> str:
    return to_display_text(f"{row.resolver} {row.prompt_version}" if row.prompt_version else row.resolver, limit=120)


def _join_reasons(why: str, detail: str) -> str:
    return "\n".join(filter(None, (why, detail)))


def _interval(low: float | None, high: float | None) -> str:
    return (
        "" if low is None or high is None else f"{explanations.format_share(low)} – {explanations.format_share(high)}"
    )


def _bar(value: float | None, low: float | None, high: float | None) -> RateBar:
    width, first, last = (round((each or 0.0) * WIDTH) for each in (value, low, high))
    return RateBar(width, first, max(last, first + 2))


def find_neighbours(total: int, start: int, shown: Sequence[object], size: int) -> tuple[int | None, int | None]:
    """The start positions of the previous and the next page, each None if there is none."""
    before = max(0, start - size) if start else None
    after = start + size if start + len(shown) < total else None
    return before, after
