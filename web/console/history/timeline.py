"""Timeline of a run as a waterfall: when each step began, how long it took, and how long it waited for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from agent.history.entry_text import label_entry
from agent.history.recorder import EntryType
from store.history.log import HistoryRow

WIDTH: Final = 1000
"""Width of the drawing in units, from the first moment to the last."""
_LEAST: Final = 6
_WAITS: Final = {EntryType.CONFIRMED.value, EntryType.APPROVED.value}
_WHOLE: Final = {EntryType.FINISHED.value}
"""Entries without a bar: their duration is the whole run's, which would cover every other bar."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the timeline. ``x`` and ``width`` are in units of the drawing. ``tone`` is ``work``, ``wait`` (for a
    person) or ``moment``. ``took`` is the duration in words, empty for a moment. ``present``: the entry that the page
    shows."""

    seq: int
    step: str
    after: str
    took: str
    x: int
    width: int
    tone: str
    present: bool


def make_bars(rows: Sequence[HistoryRow], present: int) -> tuple[Bar, ...]:
    """One bar for each entry of a run, in the order of writing."""
    spans = [(row, *_span(row)) for row in rows]
    if not spans:
        return ()
    first = min(began for _, began, _ in spans)
    whole = max(max(row.at for row in rows) - first, timedelta(microseconds=1))
    return tuple(
        Bar(
            seq=row.seq,
            step=label_entry(row.kind),
            after=f"+{write_seconds((began - first).total_seconds())}",
            took=write_seconds((row.at - began).total_seconds()) if began < row.at else "",
            tone=tone,
            present=row.seq == present,
            x=min(round((began - first) / whole * WIDTH), WIDTH - _LEAST),
            width=max(round((row.at - began) / whole * WIDTH), _LEAST),
        )
        for row, began, tone in spans
    )


def _span(row: HistoryRow) -> tuple[datetime, str]:
    """When a step began, and its tone. An entry is written at the end of its step."""
    if row.kind in _WAITS:
        looked_s = json.loads(row.data).get("seconds_to_approve")
        if isinstance(looked_s, int | float) and looked_s > 0:
            return row.at - timedelta(seconds=looked_s), "wait"
    if row.duration_ms and row.kind not in _WHOLE:
        return row.at - timedelta(milliseconds=row.duration_ms), "work"
    return row.at, "moment"


def write_seconds(seconds: float) -> str:
    """``12 ms``, ``3.4 s``, ``5 min 20 s``, ``2 h 5 min``."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"
