"""Verification of the history's chain: finds edited, deleted, inserted and cut-off entries, and checks the counts by
day."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotCanonical
from store.history import entries, stats
from store.history.entries import GENESIS, HistoryRow
from store.rows import is_authentic

_UNREADABLE: Final = (ValueError, TypeError, AttributeError)
"""Exceptions that a cell raises if it isn't of its column's type."""


@dataclass(frozen=True, slots=True)
class ChainAnchor:
    """An entry's number and digest, exported earlier and kept out of reach of the database's owner. ``at`` is when, for
    people."""

    seq: int
    digest: str
    at: str = ""

    def __str__(self) -> str:
        """Text form: ``SEQ:DIGEST``."""
        return f"{self.seq}:{self.digest}"


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Result of a verification. ``count`` entries were sound. ``first_break`` is the number of the first wrong or
    missing entry, and ``why`` says what is wrong. ``anchored`` is the highest matching anchor, and ``anchors`` the
    number of anchors.
    """

    ok: bool
    count: int
    first_break: int | None = None
    why: str = ""
    last: ChainAnchor | None = None
    anchored: ChainAnchor | None = None
    anchors: int = 0


async def verify(
    session: AsyncSession, workspace: str, anchor: ChainAnchor | None = None, *, anchors: Sequence[ChainAnchor] = ()
) -> ChainVerdict:
    """Verifies the whole chain in constant memory. Run it in a ``read()`` block, so that it reads one snapshot.

    The chain alone can't show that its end was cut *and* the head row rewritten to fit, or that everything was
    rewritten. If the session has keys, the head's code shows that OpsIQ wrote the head. An ``anchor`` taken since, or
    ``anchors``, show that both were replaced by an older copy.
    """
    taken = sorted([*anchors, *([anchor] if anchor else [])], key=lambda each: each.seq)
    walk = _Walk(taken)
    head = await entries.head(session, workspace)
    rows, singly = entries.stream(session, workspace), False
    while True:
        try:
            row = await anext(rows, None)
        except _UNREADABLE:
            if singly:
                return walk.broken(walk.count + 1, f"Entry {walk.count + 1} was edited: it can't be read back.")
            # A fault in one of the batch: the entries before it must still be checked, and the faulty one named.
            rows, singly = entries.stream(session, workspace, after=walk.count or None, batch=1), True
            continue
        if row is None:
            break
        why = _broken(row, walk.count + 1, walk.prev)
        if why:
            # A number below the expected one is an extra entry. A number above it means that the expected one is
            # missing.
            return walk.broken(min(row.seq, walk.count + 1), why)
        if why := walk.misanchored(row):
            return walk.broken(row.seq, why)
        if head is None or row.seq > head.seq:
            return walk.broken(row.seq, f"Entry {row.seq} stands after the recorded end of the history.")
        walk.take(row)
    count = walk.count
    if head is not None and head.seq > count:
        why = f"The history ends at entry {count}, but {head.seq} were written: the end was cut off."
        return walk.broken(count + 1, why)
    if head is not None and head.digest != walk.prev:
        why = (
            f"The recorded end of the history does not fit entry {count}: the entry was replaced or the record edited."
        )
        return walk.broken(count, why)
    if taken and taken[-1].seq > count:
        beyond = next(each for each in taken if each.seq > count)
        why = (
            f"The anchor {_tell_when(beyond)}was taken at entry {beyond.seq}, but the history ends at {count}: the "
            f"end was cut off, or an "
            "older copy of the database was put back."
        )
        return walk.broken(count + 1, why)
    if head is not None and not is_authentic(session, head):
        since = walk.anchored.seq + 1 if walk.anchored else 1
        if walk.anchored and since > count:
            why = "Something other than OpsIQ wrote where the history ends, though all entries are those that were anchored."  # noqa: E501
            return ChainVerdict(False, count, None, why, ChainAnchor(count, walk.prev), walk.anchored, len(taken))
        why = f"Something other than OpsIQ wrote where the history ends: entries from {since} to {count} may have been made anew."  # noqa: E501
        return walk.broken(min(since, max(count, 1)), why)
    if why := await _explain_miscount(session, workspace, walk.days):
        return ChainVerdict(False, count, None, why, ChainAnchor(count, walk.prev), walk.anchored, len(taken))
    return ChainVerdict(True, count, last=ChainAnchor(count, walk.prev), anchored=walk.anchored, anchors=len(taken))


class _Walk:
    """State of a verification: its position, its counts, and the anchors it has met."""

    def __init__(self, anchors: Sequence[ChainAnchor]) -> None:
        self._anchors = anchors
        self._next = 0
        self.count, self.prev = 0, GENESIS
        self.anchored: ChainAnchor | None = None
        self.days: dict[tuple[str, str, int, str], list[int]] = {}

    def misanchored(self, row: HistoryRow) -> str:
        """Why an anchor of this entry does not fit it. Empty if all do."""
        while self._next < len(self._anchors) and self._anchors[self._next].seq <= row.seq:
            each = self._anchors[self._next]
            self._next += 1
            if each.seq == row.seq and each.digest != row.digest:
                since = (
                    f"after entry {self.anchored.seq}, whose anchor fits, up to here" if self.anchored else "up to here"
                )
                return f"Entry {row.seq} is not the one the anchor {_tell_when(each)}was taken from: the chain was made anew {since}."  # noqa: E501
            if each.seq == row.seq:
                self.anchored = each
        return ""

    def take(self, row: HistoryRow) -> None:
        self.count, self.prev = row.seq, row.digest
        if row.kind in stats.COUNTED:
            day, columns = stats.find_day(row.at), row.__dict__
            for each in stats.list_counts(columns, json.loads(row.data)):
                held = self.days.setdefault((each.measure, each.name, each.slot, day), [0, 0])
                held[0] += 1
                held[1] += each.total

    def broken(self, at: int, why: str) -> ChainVerdict:
        return ChainVerdict(False, self.count, at, why, anchored=self.anchored, anchors=len(self._anchors))


async def _explain_miscount(
    session: AsyncSession, workspace: str, days: dict[tuple[str, str, int, str], list[int]]
) -> str:
    """Why the counts by day do not match the entries. Empty if they do."""
    kept = {name: list(counted) async for name, counted in stats.every(session, workspace)}
    for name in sorted(kept.keys() | days.keys(), key=lambda each: (each[3], *each[:3])):
        is_, should = kept.get(name, [0, 0]), days.get(name, [0, 0])
        if is_ != should:
            measure, of, _, day = name
            return (
                f"What was counted for {day} is not what the entries come to: {measure} {of} says {_figures(is_)} "
                f"where they make "
                f"{_figures(should)}."
            )
    return ""


def _figures(counted: Sequence[int]) -> str:
    n, total = counted
    return f"{n} (in all {total})" if total else str(n)


def _tell_when(anchor: ChainAnchor) -> str:
    return f"of {anchor.at} " if anchor.at else ""


def _fits(row: HistoryRow) -> bool:
    """Whether an entry matches its digest. False too for an entry that never had one: bytes in a text column, or a
    number beyond JSON."""
    try:
        return entries.digest_entry(row.model_dump(warnings=False)) == row.digest
    except (NotCanonical, *_UNREADABLE):
        return False


def _broken(row: HistoryRow, expected: int, prev: str) -> str:
    if row.seq < expected:
        return f"Entry {row.seq} was inserted before the first."
    if row.seq > expected:
        return f"Entry {expected} is missing: {row.seq} follows {expected - 1}."
    if not _fits(row):
        return f"Entry {row.seq} was edited: its content does not fit its digest."
    if row.prev != prev:
        return f"Entry {row.seq} does not continue entry {expected - 1}: one of the two was replaced or inserted."
    return ""


async def entry_fault(session: AsyncSession, row: HistoryRow) -> str:
    """Why this entry does not match its own digest and its neighbours. Empty if it does. ``verify`` checks the rest of
    the chain."""
    near = await entries.get_neighbours(session, row)
    if row.seq > 1 and row.seq - 1 not in near:
        return f"Entry {row.seq - 1} is missing."
    why = _broken(row, row.seq, near[row.seq - 1].digest if row.seq > 1 else GENESIS)
    if why:
        return why
    if row.seq + 1 in near:
        return "" if near[row.seq + 1].prev == row.digest else f"Entry {row.seq + 1} does not continue this one."
    head = await entries.head(session, row.workspace)
    fits = head is not None and (head.seq, head.digest) == (row.seq, row.digest)
    return "" if fits else f"The recorded end of the history does not fit entry {row.seq}."
