"""History statistics: counts by day, updated as entries are written. Charts read them in milliseconds, however long the
history is.

Every entry adds to a few rows in its own transaction, under the lock that appending holds anyway
(``store.history.log``). So the counts are exact and need no sweep. Durations are counted in buckets whose bounds grow
by a tenth: a percentile is off by less than 5 % (Masson, Rim, Lee 2019, "DDSketch", §2.1), and buckets add up over any
days.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert as on_postgresql
from sqlalchemy.dialects.sqlite import insert as on_sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Field

from store.driver.prepared import PreparedStatement
from store.rows import Row, table

GROWTH: Final = 1.1
NEVER: Final = -1000
"""Bucket of a duration that wasn't measured."""
_ENDS: Final = frozenset({"finished", "replied", "refused", "abstained", "rejected", "expired"})
_STEPS: Final[Mapping[str, str]] = {
    "resolved": "resolve", "asked": "answer", "held": "answer", "auto_confirmed": "answer", "refused": "answer",
    "abstained": "answer", "replied": "answer", "call_attempted": "call", "call_settled": "call", "finished": "whole",
}  # fmt: skip
_YES: Final = frozenset({"approved", "confirmed"})
COUNTED: Final = _ENDS | _YES | frozenset(_STEPS) | {"rejected"}
"""Kinds of entries that are counted."""


class HistoryDayRow(Row, table=True):
    """Count of one day. ``n`` entries count under ``measure`` and ``name``, with the sum ``total``. ``slot`` is the
    bucket of their duration, or 0 if durations aren't counted.

    ``outcome`` counts runs that ended, and ``step`` durations. ``tokens_in``, ``tokens_out`` and ``cost`` (in 10⁻⁹ US
    dollars) are totals by model. ``unpriced`` counts answers without a known price, and ``prompt_version`` answers by
    prompt version. ``approved`` and ``rejected`` count cards by person,
    with how long a card had been open before its yes.
    """

    __tablename__ = "history_days"
    __table_args__ = (
        {"sqlite_with_rowid": False},
    )  # the rows lie in the order of their key, which is that of the sums

    workspace: str = Field(primary_key=True)
    measure: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    slot: int = Field(primary_key=True)
    day: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)
    total: int = Field(sa_type=BigInteger)


class HistoryCount(NamedTuple):
    measure: str
    name: str
    slot: int
    total: int = 0


@dataclass(frozen=True, slots=True)
class Distribution:
    """Histogram of ``n`` durations. ``slots`` are (bucket, count), shortest first."""

    n: int
    slots: Sequence[tuple[int, int]]

    def percentile(self, share: float) -> float | None:
        """Percentile in milliseconds, off by less than 5 %. None if nothing was measured."""
        wanted, seen = math.ceil(share * self.n), 0
        for slot, count in self.slots:
            seen += count
            if seen >= wanted:
                return find_duration(slot)
        return None

    def within(self, ms: float) -> int:
        """How many took no longer, to the precision of a bucket."""
        return sum(count for slot, count in self.slots if slot <= find_slot(ms))


_T = table(HistoryDayRow)


def _adding(postgresql: bool) -> UpdateBase:
    fresh = (on_postgresql if postgresql else on_sqlite)(_T)
    grown = {"n": _T.c.n + fresh.excluded.n, "total": _T.c.total + fresh.excluded.total}
    return fresh.on_conflict_do_update(index_elements=[column.name for column in _T.primary_key.columns], set_=grown)


_ADD: Final = PreparedStatement(_adding, ("workspace", "measure", "name", "slot", "day", "n", "total"))


def find_slot(ms: float) -> int:
    """Bucket of a duration: slot i holds (1.1^(i-1), 1.1^i] milliseconds."""
    return math.ceil(math.log(max(ms, 0.01), GROWTH) - 1e-9)


def find_duration(slot: int) -> float:
    """Middle of a bucket in milliseconds, within 5 % of every duration in it."""
    return float(2 * GROWTH**slot / (GROWTH + 1))


def list_counts(entry: Mapping[str, Any], data: Mapping[str, Any]) -> list[HistoryCount]:
    """The counts that an entry adds. ``entry`` are its columns, ``data`` its content. A test run counts only its cost,
    since it says nothing about how the workspace is used."""
    kind, outcome, took_ms = entry["kind"], entry["outcome"], entry["duration_ms"]
    made: list[HistoryCount] = []
    if data.get("mode") == "test":
        trace = data.get("trace")
        return _usage(entry["model"] or "unknown", trace) if kind == "resolved" and isinstance(trace, Mapping) else []
    if kind in _ENDS and outcome:
        made.append(HistoryCount("outcome", outcome, 0))
    if kind in _STEPS and took_ms is not None:
        made.append(HistoryCount("step", _STEPS[kind], find_slot(took_ms)))
    trace = data.get("trace")
    if kind == "resolved" and entry["prompt_version"]:
        made.append(HistoryCount("prompt_version", entry["prompt_version"], 0))
    if kind == "resolved" and isinstance(trace, Mapping):
        made += _usage(entry["model"] or "unknown", trace)
    if entry["person"] and kind in _YES:
        # Entries of earlier versions know only for how long the card had been waiting.
        open_s = data.get("seconds_open", data.get("seconds_to_approve"))
        slot = find_slot(open_s * 1000) if isinstance(open_s, int | float) else NEVER
        made.append(HistoryCount("approved", entry["person"], slot))
    if entry["person"] and kind == "rejected" and entry["risk"]:
        made.append(HistoryCount("rejected", entry["person"], 0))
    return made


async def add(session: AsyncSession, workspace: str, counts: Collection[tuple[str, HistoryCount]]) -> None:
    """Adds (day, count) of entries, in the transaction that appends them."""
    held: dict[tuple[str, str, str, int], list[int]] = {}
    for day, each in counts:
        kept = held.setdefault((each.measure, each.name, day, each.slot), [0, 0])
        kept[0] += 1
        kept[1] += each.total
    # Always in the same order, so that transactions can't deadlock.
    rows = [
        (workspace, measure, name, slot, day, n, total)
        for (measure, name, day, slot), (n, total) in sorted(held.items())
    ]
    await _ADD.run(session, rows)


async def by_day(
    session: AsyncSession, workspace: str, measure: str, since: date, until: date
) -> list[tuple[str, str, int]]:
    """Counts as (day, name, how many), both days included."""
    mine = select(_T.c.day, _T.c.name, func.sum(_T.c.n)).where(*_within(workspace, measure, since, until))
    return [(day, name, int(n)) for day, name, n in (await session.execute(mine.group_by(_T.c.day, _T.c.name))).all()]


async def distributions(
    session: AsyncSession, workspace: str, measure: str, since: date, until: date
) -> dict[str, Distribution]:
    """Histograms of durations by name. Durations that were not measured are in no slot."""
    mine = select(_T.c.name, _T.c.slot, func.sum(_T.c.n)).where(*_within(workspace, measure, since, until))
    slots: dict[str, list[tuple[int, int]]] = {}
    for name, slot, n in (
        await session.execute(mine.group_by(_T.c.name, _T.c.slot).order_by(_T.c.name, _T.c.slot))
    ).all():
        slots.setdefault(name, []).append((slot, int(n)))
    return {name: _spread(each) for name, each in slots.items()}


async def totals(
    session: AsyncSession, workspace: str, measures: Sequence[str], since: date, until: date
) -> dict[tuple[str, str], tuple[int, int]]:
    """Totals by measure and name: the number of entries, and their sum."""
    mine = select(_T.c.measure, _T.c.name, func.sum(_T.c.n), func.sum(_T.c.total)).where(
        _T.c.workspace == workspace,
        _T.c.measure.in_(measures),
        _T.c.day >= since.isoformat(),
        _T.c.day <= until.isoformat(),
    )
    found = await session.execute(mine.group_by(_T.c.measure, _T.c.name))
    return {(measure, name): (int(n), int(total)) for measure, name, n, total in found.all()}


async def names(session: AsyncSession, workspace: str, measure: str) -> list[str]:
    """Every name that was ever counted under this measure, sorted."""
    mine = select(_T.c.name).distinct().where(_T.c.workspace == workspace, _T.c.measure == measure)
    return list((await session.execute(mine.order_by(_T.c.name))).scalars())


async def every(
    session: AsyncSession, workspace: str
) -> AsyncIterator[tuple[tuple[str, str, int, str], tuple[int, int]]]:
    """All counts: (measure, name, slot, day) and (number, total)."""
    columns = (_T.c.measure, _T.c.name, _T.c.slot, _T.c.day, _T.c.n, _T.c.total)
    for measure, name, slot, day, n, total in (
        await session.execute(select(*columns).where(_T.c.workspace == workspace))
    ).all():
        yield (measure, name, slot, day), (n, total)


def find_day(at: datetime) -> str:
    """Day of a time, in UTC."""
    return at.astimezone(UTC).date().isoformat()


def sum_counts(counts: Iterable[tuple[str, str, HistoryCount]]) -> list[dict[str, Any]]:
    """Sums many (workspace, day, count) into rows, to fill the table from an existing history."""
    held: dict[tuple[str, ...], list[int]] = {}
    for workspace, day, each in counts:
        kept = held.setdefault((workspace, each.measure, day, each.name, str(each.slot)), [0, 0])
        kept[0] += 1
        kept[1] += each.total
    return [
        {
            "workspace": workspace,
            "measure": measure,
            "day": day,
            "name": name,
            "slot": int(slot),
            "n": n,
            "total": total,
        }
        for (workspace, measure, day, name, slot), (n, total) in held.items()
    ]


def _usage(model: str, trace: Mapping[str, Any]) -> list[HistoryCount]:
    tokens = {name: value for name in ("tokens_in", "tokens_out") if isinstance(value := trace.get(name), int)}
    made = [HistoryCount(name, model, 0, value) for name, value in tokens.items()]
    try:
        cost = Decimal(str(trace["cost"])) if trace.get("cost") is not None else None
    except InvalidOperation:
        cost = None
    if cost is not None:
        made.append(HistoryCount("cost", model, 0, int(cost * 1_000_000_000)))
    elif any(tokens.values()):
        made.append(HistoryCount("unpriced", model, 0))
    return made


def _within(workspace: str, measure: str, since: date, until: date) -> tuple[ColumnElement[bool], ...]:
    return (
        _T.c.workspace == workspace,
        _T.c.measure == measure,
        _T.c.day >= since.isoformat(),
        _T.c.day <= until.isoformat(),
    )


def _spread(slots: list[tuple[int, int]]) -> Distribution:
    known = [each for each in slots if each[0] != NEVER]
    return Distribution(sum(n for _, n in known), known)
