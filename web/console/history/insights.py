"""Insights page, for owners: outcomes, durations, tokens, cost, and how people approve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, ClassVar, Final, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import store.accounts.members
import store.history.stats
from core.clock import format_day
from core.display_text import to_display_text
from store.history.stats import Distribution
from web.auth import get_container
from web.console.labels import format_percent
from web.console.pages import Page, show
from web.console.session import Owner, make_shell

router = APIRouter(prefix="/insights", include_in_schema=False)

WIDE: Final = 1000
TALL: Final = 300
"""Units of a drawing: its width, and its height."""
PERIODS: Final[Mapping[str, tuple[int, int]]] = {"7": (7, 1), "30": (30, 1), "90": (90, 7), "365": (365, 28)}
"""By the number of days of a period: that number, and the days of one column."""
OUTCOMES: Final = ("succeeded", "answered", "failed", "unknown", "refused", "abstained", "rejected", "expired")
STEPS: Final[Mapping[str, str]] = {
    "resolve": "the resolver's answer",
    "answer": "look-ups and checks after it, to card, question or refusal",
    "call": "a call, to the platform's answer",
    "whole": "words to outcome, people's time included",
}
QUICK_MS: Final = 3000.0
FATIGUE_CARDS: Final = 10
FATIGUE_SHARE: Final = 0.95
FATIGUE_QUICK: Final = 0.5
MOST_PEOPLE: Final = 100
MOST_MODELS: Final = 30


@dataclass(frozen=True, slots=True)
class Period:
    days: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a column. ``outcome`` names its colour. ``y`` and ``height`` are in units of the drawing, from the
    top."""

    outcome: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Column:
    """The runs that ended in a span of days. ``counts`` are in the order of ``InsightsPage.outcomes``."""

    label: str
    x: int
    width: int
    blocks: tuple[Block, ...]
    counts: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    outcome: str
    count: int
    share: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """Durations of one step. ``x50``, ``x95`` and ``x99`` are in units of a logarithmic drawing that all steps
    share."""

    step: str
    count: int
    p50: str
    p95: str
    p99: str
    x50: int
    x95: int
    x99: int


@dataclass(frozen=True, slots=True)
class ModelRow:
    model: str
    answers: int
    tokens_in: str
    tokens_out: str
    cost: str
    width: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person's decisions. ``tired``: they confirmed so many cards in the console so quickly that they may no longer
    read them."""

    name: str
    cards: int
    rate: str
    median: str
    quick: str
    width: int
    tired: bool


@dataclass(frozen=True, kw_only=True)
class InsightsPage(Page):
    template: ClassVar[str] = "insights.html"
    periods: tuple[Period, ...]
    since: str
    until: str
    runs: int
    outcomes: tuple[str, ...]
    columns: tuple[Column, ...]
    most: int
    by_outcome: tuple[OutcomeRow, ...]
    steps: tuple[StepRow, ...]
    models: tuple[ModelRow, ...]
    cost: str
    people: tuple[PersonRow, ...]


@router.get("")
async def show_insights(
    request: Request, visitor: Owner, days: Annotated[Literal["7", "30", "90", "365"], Query()] = "30"
) -> Response:
    container, workspace = get_container(request), visitor.actor.workspace
    back, wide = PERIODS[days]
    until = container.clock().date()
    since = until - timedelta(days=back - 1)
    async with container.database.read() as session:
        ended = await store.history.stats.by_day(session, workspace, "outcome", since, until)
        steps = await store.history.stats.distributions(session, workspace, "step", since, until)
        totals = await store.history.stats.totals(
            session, workspace, ("tokens_in", "tokens_out", "cost", "unpriced", "approved", "rejected"), since, until
        )
        opened = await store.history.stats.distributions(session, workspace, "approved", since, until)
        members = await store.accounts.members.listed(session, workspace)
    sums = Counter[str]()
    for _, outcome, n in ended:
        sums[outcome] += n
    runs = sum(sums.values())
    shown = tuple(each for each in OUTCOMES if sums[each])
    drawn = make_columns(ended, shown, since, until, wide)
    page = InsightsPage(
        shell=make_shell(request, visitor),
        title="Insights",
        periods=tuple(Period(each, each == days) for each in PERIODS),
        since=format_day(since),
        until=format_day(until),
        runs=runs,
        outcomes=shown,
        columns=drawn,
        most=max((each.total for each in drawn), default=0),
        by_outcome=tuple(OutcomeRow(each, sums[each], format_percent(sums[each] / runs)) for each in shown),
        steps=make_step_rows(steps),
        models=make_model_rows(totals),
        cost=_dollars(sum(total for (measure, _), (_, total) in totals.items() if measure == "cost")),
        people=make_people_rows(totals, opened, {each.id: each.name for each in members}),
    )
    return show(request, page)


def make_columns(
    ended: Sequence[tuple[str, str, int]], outcomes: Sequence[str], since: date, until: date, wide: int
) -> tuple[Column, ...]:
    """One column for every ``wide`` days up to ``until``. The highest is as tall as the drawing."""
    held: dict[int, Counter[str]] = {}
    for ended_on, outcome, n in ended:
        held.setdefault((until - date.fromisoformat(ended_on)).days // wide, Counter())[outcome] += n
    count = ((until - since).days + wide) // wide
    most = max((counts.total() for counts in held.values()), default=0) or 1
    made = []
    for place in range(count):
        back = count - 1 - place
        counts = held.get(back, Counter())
        left, right = round(place * WIDE / count), round((place + 1) * WIDE / count)
        last = until - timedelta(days=back * wide)
        first = max(since, last - timedelta(days=wide - 1))
        label = format_day(last) if wide == 1 else f"{format_day(first)} to {format_day(last)}"
        made.append(
            Column(
                label=label,
                x=left + 1,
                width=max(right - left - 2, 1),
                blocks=_blocks(counts, outcomes, most),
                counts=tuple(counts[each] for each in outcomes),
                total=counts.total(),
            )
        )
    return tuple(made)


def make_step_rows(steps: Mapping[str, Distribution]) -> tuple[StepRow, ...]:
    known = [(STEPS[name], steps[name]) for name in STEPS if name in steps]
    measured = [
        (step, spread.n, [spread.percentile(each) or 0.0 for each in (0.5, 0.95, 0.99)]) for step, spread in known
    ]
    most = max((store.history.stats.find_slot(ms[-1]) for _, _, ms in measured), default=1)
    least = min((store.history.stats.find_slot(ms[0]) for _, _, ms in measured), default=0) - 8

    def at(ms: float) -> int:
        return max(4, round((store.history.stats.find_slot(ms) - least) / max(most - least, 1) * WIDE))

    return tuple(
        StepRow(step, n, format_duration(p50), format_duration(p95), format_duration(p99), at(p50), at(p95), at(p99))
        for step, n, (p50, p95, p99) in measured
    )


def make_model_rows(totals: Mapping[tuple[str, str], tuple[int, int]]) -> tuple[ModelRow, ...]:
    models = sorted({name for measure, name in totals if measure == "tokens_in"})
    used = {
        name: sum(totals.get((measure, name), (0, 0))[1] for measure in ("tokens_in", "tokens_out")) for name in models
    }
    most = max(used.values(), default=0) or 1
    lines = []
    for name in sorted(models, key=lambda each: -used[each])[:MOST_MODELS]:
        answers, tokens_in = totals[("tokens_in", name)]
        unpriced = totals.get(("unpriced", name), (0, 0))[0]
        cost = totals.get(("cost", name), (0, 0))[1]
        told = _dollars(cost) if cost or not unpriced else ""
        if unpriced:
            told = f"{told} and {unpriced:,} answers of unknown price" if told else "price unknown"
        out = totals.get(("tokens_out", name), (0, 0))[1]
        lines.append(
            ModelRow(
                to_display_text(name, limit=100),
                answers,
                f"{tokens_in:,}",
                f"{out:,}",
                told,
                round(used[name] / most * WIDE),
            )
        )
    return tuple(lines)


def make_people_rows(
    totals: Mapping[tuple[str, str], tuple[int, int]], opened: Mapping[str, Distribution], names: Mapping[str, str]
) -> tuple[PersonRow, ...]:
    """Rows of people, those with the most cards first. ``opened``: how long cards were open before each one's yes."""
    people = {name for measure, name in totals if measure in ("approved", "rejected")}
    none = Distribution(0, ())
    lines = []
    for each in people:
        yes, no = (totals.get((measure, each), (0, 0))[0] for measure in ("approved", "rejected"))
        spread = opened.get(each, none)
        median, quick = spread.percentile(0.5), spread.within(QUICK_MS)
        rate = yes / (yes + no)
        tired = spread.n >= FATIGUE_CARDS and rate >= FATIGUE_SHARE and quick / spread.n >= FATIGUE_QUICK
        lines.append(
            PersonRow(
                name=to_display_text(names.get(each, each), limit=80),
                cards=yes + no,
                rate=format_percent(rate),
                median="–" if median is None else format_duration(median),
                quick=format_percent(quick / spread.n) if spread.n else "–",
                width=round(rate * WIDE),
                tired=tired,
            )
        )
    return tuple(sorted(lines, key=lambda each: (-each.cards, each.name))[:MOST_PEOPLE])


def format_duration(ms: float) -> str:
    """``76 ms``, ``3.2 s``, ``5.1 min``, ``2.3 h``. Approximate, since the durations are counted in buckets."""
    for unit, most, size in (("ms", 1000, 1), ("s", 60_000, 1000), ("min", 3_600_000, 60_000)):
        if ms < most:
            return f"{ms / size:.2g} {unit}" if ms / size < 100 else f"{ms / size:.0f} {unit}"
    return f"{ms / 3_600_000:.1f} h"


def _blocks(counts: Mapping[str, int], outcomes: Sequence[str], most: int) -> tuple[Block, ...]:
    """The blocks of a column, from the bottom up. Each ends at a rounded running total, so that they leave no gaps."""
    made, below = [], 0
    for each in outcomes:
        if n := counts.get(each, 0):
            low, high = (round(value / most * TALL) for value in (below, below + n))
            below += n
            made.append(Block(each, TALL - max(high, low + 1), max(high - low, 1)))
    return tuple(made)


def _dollars(nano: int) -> str:
    if not nano:
        return "0"
    dollars = Decimal(nano) / 1_000_000_000
    return f"{dollars:,.2f}" if dollars >= 1 else f"{dollars:.3g}"
