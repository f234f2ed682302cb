"""Plots as inline SVG: a page needs no script, and a screen reader gets the figures."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup, escape

from core.display_text import to_display_text
from evals.score.interval import find_percentile

WIDTH: Final = 720
LABEL: Final = 340
ROW: Final = 22
LINE: Final = 14
LETTER: Final = 7.0
"""How wide a letter of a plot is at most, on the whole of a line."""
MOST_LABELS: Final = 24
SEVERAL: Final = "(several)"
OTHER: Final = "(other)"


def draw_bars(rows: Sequence[tuple[str, Mapping[str, Any]]]) -> Markup:
    """Draws a bar for each share, with its interval as a whisker. ``rows`` are (label, {value, low, high, hits,
    of})."""
    figures = [f"{(row['value'] or 0) * 100:.1f} % · {row['hits']}/{row['of']}" for _, row in rows]
    left, right = LABEL, WIDTH - 12 - LETTER * max(map(len, figures), default=0)
    height = ROW * len(rows) + 24

    def at(share: float) -> float:
        return left + share * (right - left)

    marks = [
        f'<line class="grid" x1="{at(tick):.1f}" x2="{at(tick):.1f}" y1="0" y2="{height - 20}"/>'
        f'<text class="tick" x="{at(tick):.1f}" y="{height - 6}" text-anchor="middle">{tick * 100:.0f} %</text>'
        for tick in (0, 0.25, 0.5, 0.75, 1.0)
    ]
    for n, (label, row) in enumerate(rows):
        if row["value"] is None:
            continue
        y = n * ROW + 4
        middle = y + 7
        label = to_display_text(label)
        share, low, high = (f"{row[name] * 100:.1f}" for name in ("value", "low", "high"))
        told = f"{label}: {share} % ({row['hits']} of {row['of']}), 95 % interval {low} to {high} %"
        marks.append(
            f"<g><title>{escape(told)}</title>"
            f'<text class="label" x="{left - 8}" y="{y + 11}" '
            f'text-anchor="end">{escape(_shorten(label, int((left - 8) / LETTER)))}</text>'
            f'<rect class="bar" x="{left}" y="{y}" width="{max(0.0, at(row["value"]) - left):.1f}" height="14" rx="2"/>'
            f'<line class="whisker" x1="{at(row["low"]):.1f}" x2="{at(row["high"]):.1f}" y1="{middle}" y2="{middle}"/>'
            f'<text class="value" x="{right + 8:.1f}" y="{y + 11}">{figures[n]}</text></g>'
        )
    return _draw_svg(WIDTH, height, "Shares with 95 % intervals", marks)


def draw_coverage(points: Sequence[Mapping[str, float]], operating: Mapping[str, float] | None) -> Markup:
    """Draws risk over coverage. The threshold varies along the line; a dot shows the resolver's current one."""
    if not points:
        return Markup("")
    left, top, right, bottom = 60, 14, WIDTH - 20, 240
    most = max(0.02, *(point["risk"] for point in points), operating["risk"] if operating else 0.0) * 1.1

    def x(share: float) -> float:
        return left + share * (right - left)

    def y(risk: float) -> float:
        return bottom - risk / most * (bottom - top)

    marks = _draw_axes(left, top, right, bottom, most)
    path = " ".join(f"{'L' if n else 'M'}{x(p['coverage']):.1f},{y(p['risk']):.1f}" for n, p in enumerate(points))
    marks.append(f'<path class="line" d="{path}"/>')
    for point in points:
        told = (
            f"acting from confidence {point['threshold']:.2f} on: {point['coverage'] * 100:.1f} % of the requests, "
            f"{point['risk'] * 100:.1f} % of those acts wrong"
        )
        marks.append(
            f'<circle class="dot" cx="{x(point["coverage"]):.1f}" cy="{y(point["risk"]):.1f}" '
            f'r="3"><title>{told}</title></circle>'
        )
    if operating:
        now = f"now: acts on {operating['coverage'] * 100:.1f} % of the requests, {operating['risk'] * 100:.1f} % of them wrongly"  # noqa: E501
        marks.append(
            f'<circle class="now" cx="{x(operating["coverage"]):.1f}" cy="{y(operating["risk"]):.1f}" '
            f'r="6"><title>{now}</title></circle>'
        )
    marks.append(
        f'<text class="tick" x="{right}" y="{bottom + 32}" text-anchor="end">share of requests acted on</text>'
    )
    marks.append(f'<text class="tick" x="{left}" y="{top - 3}">share of acts that are wrong</text>')
    return _draw_svg(WIDTH, bottom + 38, "Risk over coverage", marks)


def draw_latency(times: Sequence[float]) -> Markup:
    """Draws how long answers took, on a logarithmic scale, with p50, p95 and p99."""
    if not times:
        return Markup("")
    left, top, right, bottom = 60, 3 * LINE + 6, WIDTH - 20, 3 * LINE + 152  # the figures are above the bars
    low, high = math.log10(max(0.01, min(times))), math.log10(max(0.02, *times))
    span = max(0.3, high - low)
    count = 30
    bins = Counter(min(count - 1, int((math.log10(max(0.01, t)) - low) / span * count)) for t in times)
    most = max(bins.values())
    wide = (right - left) / count
    marks = []
    for n in range(count):
        if bins[n]:
            tall = bins[n] / most * (bottom - top)
            first, last = 10 ** (low + n * span / count), 10 ** (low + (n + 1) * span / count)
            marks.append(
                f'<rect class="bar" x="{left + n * wide:.1f}" y="{bottom - tall:.1f}" width="{wide - 1:.1f}" '
                f'height="{tall:.1f}">'
                f"<title>{first:.3g} to {last:.3g} ms: {bins[n]}</title></rect>"
            )
    for row, (name, share) in enumerate((("p50", 0.5), ("p95", 0.95), ("p99", 0.99))):
        value = find_percentile(times, share)
        place = left + (math.log10(max(0.01, value)) - low) / span * (right - left)
        end = "end" if place > right - 90 else "start"
        told_at = LINE * (row + 1)
        marks.append(f'<line class="mark" x1="{place:.1f}" x2="{place:.1f}" y1="{told_at - 10}" y2="{bottom}"/>')
        marks.append(
            f'<text class="value" x="{place + (-4 if end == "end" else 4):.1f}" y="{told_at}" '
            f'text-anchor="{end}">'
            f"{name} {value:.3g} ms</text>"
        )
    for tick in range(math.ceil(low), math.floor(low + span) + 1):
        place = left + (tick - low) / span * (right - left)
        marks.append(
            f'<text class="tick" x="{place:.1f}" y="{bottom + 15}" text-anchor="middle">{10.0**tick:g} ms</text>'
        )
    marks.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>')
    return _draw_svg(WIDTH, bottom + 24, "Latency", marks)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``right`` is how many of the count were right anyway: asking may be as good as nothing. ``of`` is its
    row's count."""

    count: int
    right: int
    of: int

    @property
    def strength(self) -> float:
        """Strength of its colour: the part of the row that is right here, or wrong."""
        return (self.right if self.right == self.count else self.count - self.right) / self.of


@dataclass(frozen=True, slots=True)
class Matrix:
    """Confusion among actions. ``rows`` are (expected, cells)."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


def make_matrix(confusion: Sequence[Mapping[str, Any]]) -> Matrix:
    """Builds the matrix of the most frequent labels. Calls of several actions count together, the rest as other."""
    totals: Counter[str] = Counter()
    for each in confusion:
        totals[_draw_label(each["expected"])] += each["count"]
        totals[_draw_label(each["got"])] += each["count"]
    kept = {label for label, _ in totals.most_common(MOST_LABELS)}
    counts: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for each in confusion:
        wanted, got = (label if (label := _draw_label(each[of])) in kept else OTHER for of in ("expected", "got"))
        counts[wanted, got] += each["count"]
        right[wanted, got] += each["right"]
    rest = [OTHER] if len(totals) > MOST_LABELS else []
    labels = [*sorted(kept, key=lambda label: (label.startswith("("), label)), *rest]
    rows = []
    for wanted in labels:
        total = sum(counts[wanted, got] for got in labels)
        if total:
            cells = (Cell(counts[wanted, got], right[wanted, got], total) for got in labels)
            rows.append((wanted, tuple(cells)))
    return Matrix(tuple(labels), tuple(rows))


def _draw_label(text: str) -> str:
    return SEVERAL if " + " in text else text


def _draw_axes(left: int, top: int, right: int, bottom: int, most: float) -> list[str]:
    marks = [f'<line class="axis" x1="{left}" x2="{right}" y1="{bottom}" y2="{bottom}"/>']
    for tick in (0, 0.25, 0.5, 0.75, 1.0):
        place = left + tick * (right - left)
        marks.append(
            f'<text class="tick" x="{place:.1f}" y="{bottom + 15}" text-anchor="middle">{tick * 100:.0f} %</text>'
        )
        height = bottom - tick * (bottom - top) / 1.1
        marks.append(f'<line class="grid" x1="{left}" x2="{right}" y1="{height:.1f}" y2="{height:.1f}"/>')
        share = tick * most / 1.1
        marks.append(
            f'<text class="tick" x="{left - 6}" y="{height + 4:.1f}" text-anchor="end">{share * 100:.1f} %</text>'
        )
    return marks


def _shorten(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _draw_svg(width: int, height: int, title: str, marks: Sequence[str]) -> Markup:
    inner = "".join(marks)
    # Text from reports was escaped where it was inserted; the rest are numbers.
    return Markup(f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(title)}">{inner}</svg>')  # noqa: S704
