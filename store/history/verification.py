"""History verification: walks the chain and says where an entry was edited, deleted, inserted or cut off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import NotCanonical
from store.history import entries
from store.history.entries import GENESIS, HistoryRow

_UNREADABLE: Final = (ValueError, TypeError, AttributeError)
"""What a cell raises that is not of its column's type."""


@dataclass(frozen=True, slots=True)
class ChainAnchor:
    """Anchor of a chain: an entry's number and digest, exported earlier and kept where the database's owner can't reach
    it."""

    seq: int
    digest: str

    def __str__(self) -> str:
        """Text form: ``SEQ:DIGEST``."""
        return f"{self.seq}:{self.digest}"


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """Result of a verification: ``count`` entries were sound.

    ``first_break`` is the number of the first wrong or missing entry, ``why`` says what is wrong.
    """

    ok: bool
    count: int
    first_break: int | None = None
    why: str = ""
    last: ChainAnchor | None = None


async def verify(session: AsyncSession, workspace: str, anchor: ChainAnchor | None = None) -> ChainVerdict:
    """Walks the whole chain in constant memory. Run it in a ``read()`` block, so that it sees one moment.

    The chain alone can't show that its end was cut *and* the head row rewritten to match, or that the whole chain was
    rebuilt: an ``anchor`` shows that.
    """
    head = await entries.head(session, workspace)
    count, prev = 0, GENESIS
    rows, singly = entries.stream(session, workspace), False
    while True:
        try:
            row = await anext(rows, None)
        except _UNREADABLE:
            if singly:
                return ChainVerdict(False, count, count + 1, f"Entry {count + 1} was edited: it can't be read back.")
            # One of the batch: the entries before it are still to be judged, and it is to be named.
            rows, singly = entries.stream(session, workspace, after=count or None, batch=1), True
            continue
        if row is None:
            break
        why = _broken(row, count + 1, prev)
        if why:
            # A wrong number below the expected one is an entry too many there; above it, the expected one is missing.
            return ChainVerdict(False, count, min(row.seq, count + 1), why)
        if anchor is not None and row.seq == anchor.seq and row.digest != anchor.digest:
            why = f"Entry {row.seq} is not the one the anchor was taken from: the chain was made anew up to here."
            return ChainVerdict(False, count, row.seq, why)
        if head is None or row.seq > head.seq:
            return ChainVerdict(False, count, row.seq, f"Entry {row.seq} stands after the recorded end of the history.")
        count, prev = row.seq, row.digest
    if head is not None and head.seq > count:
        why = f"The history ends at entry {count}, but {head.seq} were written: the end was cut off."
        return ChainVerdict(False, count, count + 1, why)
    if head is not None and head.digest != prev:
        why = (
            f"The recorded end of the history does not fit entry {count}: the entry was replaced or the record edited."
        )
        return ChainVerdict(False, count, count, why)
    if anchor is not None and anchor.seq > count:
        why = f"The anchor was taken at entry {anchor.seq}, but the history ends at {count}: the end was cut off."
        return ChainVerdict(False, count, count + 1, why)
    return ChainVerdict(True, count, last=ChainAnchor(count, prev))


def _fits(row: HistoryRow) -> bool:
    """Whether an entry matches its digest; False too for what never had one: bytes where text was, a number beyond
    JSON."""
    try:
        return entries.digest_of(row.model_dump(warnings=False)) == row.digest
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
    """Why this entry does not match its own digest and its neighbours; empty where it does. What stands further off is
    for ``verify``."""
    near = await entries.beside(session, row)
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
