"""Cached records: their declared fields as last received, and the search terms that find them.

A record's ``version`` is its platform's. An older version never replaces a newer one, in whatever order they arrive. A
deleted record leaves its version behind (``gone``), so that a late older state does not restore it. ``seen_at`` is the
database's time when the state was last received or read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Index, Select, and_, delete, false, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import InvalidInput
from store.dialect import DbNow, UtcTime, upsert
from store.rows import Row, check_text, every, first, table

MAX_BATCH: Final = 200
_CHUNK: Final = 500


class RecordRow(Row, table=True):
    __tablename__ = "records"
    __table_args__ = (Index("ix_records_seen", "workspace", "connector", "kind", "seen_at"),)

    workspace: str = Field(primary_key=True)
    connector: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    version: str
    data: dict[str, Any] = Field(sa_type=JSON)
    gone: bool = False
    seen_at: datetime = Field(sa_type=UtcTime)


class RecordKeyRow(Row, table=True):
    """Search term of a record, which is found by ``term`` in ``field``. ``form`` is the kind of term: word, code,
    digits, email or value."""

    __tablename__ = "record_keys"
    __table_args__ = (Index("ix_record_keys_id", "workspace", "connector", "kind", "id"),)

    workspace: str = Field(primary_key=True)
    connector: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    form: str = Field(primary_key=True)
    term: str = Field(primary_key=True)
    field: str = Field(primary_key=True)
    id: str = Field(primary_key=True)


class RecordWordRow(Row, table=True):
    """Word of some record's text, by one of the spellings that lead to it."""

    __tablename__ = "record_words"

    workspace: str = Field(primary_key=True)
    connector: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    word: str = Field(primary_key=True)


@dataclass(frozen=True, slots=True)
class CacheScope:
    """Scope of a cache: one kind of one connector of one workspace."""

    workspace: str
    connector: str
    kind: str

    def columns(self) -> dict[str, str]:
        return {"workspace": self.workspace, "connector": self.connector, "kind": self.kind}


@dataclass(frozen=True, slots=True)
class CachedRecord:
    """State to store. ``keys`` are (form, term, field), ``words`` are (variant, word). ``data`` None means that the
    record was deleted."""

    id: str
    version: str
    data: Mapping[str, Any] | None
    keys: Collection[tuple[str, str, str]] = ()
    words: Collection[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class TermFilter:
    """Filter: any of these terms in this field."""

    form: str
    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RangeFilter:
    """Filter: a field's value is at least ``low`` and less than ``high``. None means no bound. Bounds are numbers, or
    times as text."""

    field: str
    low: str | float | None
    high: str | float | None


@dataclass(frozen=True, slots=True)
class SortOrder:
    """Sort order by a field's value, as text or as a number. Records without a value come last."""

    field: str
    numeric: bool
    descending: bool


_T = table(RecordRow)
_K = table(RecordKeyRow)
_W = table(RecordWordRow)


async def store_records(
    session: AsyncSession, scope: CacheScope, states: Iterable[CachedRecord], *, read: bool = False
) -> int:
    """Stores the states that are newer than the stored ones. Returns how many changed something.

    ``read`` says that they were just read from the platform. Then a state of the same version counts too: it corrects
    the cache and restores a record that was taken for deleted. Raises InvalidInput for text that can't be stored.
    """
    newest: dict[str, CachedRecord] = {}
    for state in states:
        if state.id not in newest or state.version > newest[state.id].version:
            newest[state.id] = state
    ordered = [newest[each] for each in sorted(newest)]  # one order everywhere, so that transactions can't deadlock
    if len(ordered) > MAX_BATCH:
        raise ValueError(f"at most {MAX_BATCH} states at once")
    there = {row.id: row for row in await _rows(session, scope, [state.id for state in ordered])}
    changed = [state for state in ordered if not _is_same(there.get(state.id), state)]
    applied = await _written(session, scope, changed, read=read) if changed else set()
    if read and ordered:
        seen = and_(*_in(_T, scope), _T.c.id.in_([state.id for state in ordered]))
        await session.execute(update(_T).where(seen).values(seen_at=DbNow()))
    if applied:
        await _remove_words(session, scope, applied)
        await _list(session, scope, [state for state in changed if state.id in applied])
    return len(applied)


async def mark_deleted(session: AsyncSession, scope: CacheScope, record_id: str, *, was: str) -> bool:
    """Marks a record as deleted on the platform, if it is still cached at the version ``was``."""
    mine = and_(*_in(_T, scope), _T.c.id == record_id, _T.c.version == was, ~_T.c.gone)
    done = await session.execute(update(_T).where(mine).values(gone=True, data={}, seen_at=DbNow()).returning(_T.c.id))
    if done.first() is None:
        return False
    await _remove_words(session, scope, [record_id])
    return True


async def delete_unseen(session: AsyncSession, scope: CacheScope, since: datetime) -> int:
    """Marks records not seen since then as deleted, a limited number at once. Returns how many: call again until that
    is 0."""
    old = select(_T.c.id).where(*_in(_T, scope), _T.c.seen_at < since, ~_T.c.gone).order_by(_T.c.id).limit(_CHUNK)
    ids = list((await session.execute(old)).scalars())
    if ids:
        mine = and_(*_in(_T, scope), _T.c.id.in_(ids))
        await session.execute(update(_T).where(mine).values(gone=True, data={}))
        await _remove_words(session, scope, ids)
    return len(ids)


async def get(session: AsyncSession, scope: CacheScope, record_id: str) -> RecordRow | None:
    """Reads one record, also a deleted one. None if there is none."""
    return await first(session, RecordRow, select(_T).where(*_in(_T, scope), _T.c.id == record_id))


async def count(session: AsyncSession, scope: CacheScope) -> int:
    """Number of records, without deleted ones."""
    mine = select(func.count()).select_from(_T).where(*_in(_T, scope), ~_T.c.gone)
    found: int = (await session.execute(mine)).scalar_one()
    return found


async def known_words(session: AsyncSession, scope: CacheScope, variants: Collection[str]) -> list[str]:
    """The stored words that these spellings may stand for."""
    mine = select(_W.c.word).where(*_in(_W, scope), _W.c.variant.in_(tuple(variants))).distinct()
    return list((await session.execute(mine)).scalars())


async def search(
    session: AsyncSession,
    scope: CacheScope,
    *,
    any_of: Sequence[Sequence[TermFilter]] | None = None,
    where: Sequence[TermFilter] = (),
    between: Sequence[RangeFilter] = (),
    sorting: SortOrder | None = None,
    limit: int,
    offset: int = 0,
) -> list[RecordRow]:
    """Searches the records for which every filter of one group in ``any_of`` holds (None for any name), and every
    filter of ``where`` and ``between``. They are ordered by ``sorting``, then by id."""
    wanted: Select[Any] = select(_T).where(*_in(_T, scope), ~_T.c.gone)
    if any_of is not None:
        wanted = wanted.where(
            or_(false(), *(and_(true(), *(_held(scope, each) for each in group)) for group in any_of))
        )
    for each in where:
        wanted = wanted.where(_held(scope, each))
    for span in between:
        wanted = wanted.where(*_within(span))
    if sorting is not None:
        held = _T.c.data[sorting.field]
        value = held.as_float() if sorting.numeric else held.as_string()
        wanted = wanted.order_by((value.desc() if sorting.descending else value.asc()).nulls_last())
    return await every(session, RecordRow, wanted.order_by(_T.c.id).limit(limit).offset(offset))


async def forget(session: AsyncSession, scope: CacheScope) -> None:
    """Deletes everything stored of this kind."""
    for each in (_K, _W, _T):
        await session.execute(delete(each).where(*_in(each, scope)))


async def purge(session: AsyncSession, before: datetime) -> int:
    """Deletes records that were deleted on the platform before then, and words that no record contains any more.
    Returns how many records."""
    old = delete(_T).where(_T.c.gone, _T.c.seen_at < before).returning(_T.c.id)
    gone = len((await session.execute(old)).all())
    same = (_K.c[name] == _W.c[name] for name in ("workspace", "connector", "kind"))
    held = select(_K.c.id).where(*same, _K.c.form == "word", _K.c.term == _W.c.word).exists()
    await session.execute(delete(_W).where(~held))
    return gone


def _is_same(row: RecordRow | None, state: CachedRecord) -> bool:
    """Whether storing it would change nothing."""
    if row is None or row.version != state.version:
        return False
    return row.gone if state.data is None else not row.gone and row.data == dict(state.data)


async def _written(session: AsyncSession, scope: CacheScope, states: Sequence[CachedRecord], *, read: bool) -> set[str]:
    rows = [
        {
            **check_text({"id": state.id, "version": state.version, **scope.columns()}),
            "data": _storable(state),
            "gone": state.data is None,
        }
        for state in states
    ]
    fresh = upsert(session, _T).values(seen_at=DbNow())
    newer = fresh.excluded.version >= _T.c.version if read else fresh.excluded.version > _T.c.version
    statement = fresh.on_conflict_do_update(
        index_elements=["workspace", "connector", "kind", "id"],
        set_={name: fresh.excluded[name] for name in ("version", "data", "gone", "seen_at")},
        where=newer,
    )
    return set((await session.execute(statement.returning(_T.c.id), rows)).scalars())


def _storable(state: CachedRecord) -> dict[str, Any]:
    data = dict(state.data or {})
    try:
        return check_text(data)
    except InvalidInput as error:
        raise InvalidInput(f"The record {state.id} can't be kept. {error.detail}") from error


async def _remove_words(session: AsyncSession, scope: CacheScope, ids: Collection[str]) -> None:
    await session.execute(delete(_K).where(*_in(_K, scope), _K.c.id.in_(tuple(ids))))


async def _list(session: AsyncSession, scope: CacheScope, states: Sequence[CachedRecord]) -> None:
    columns = scope.columns()
    keys = [
        {**columns, "form": form, "term": term, "field": field, "id": state.id}
        for state in states
        for form, term, field in sorted(state.keys)
    ]
    words = sorted({pair for state in states for pair in state.words})
    # Ids and scope were checked with the records. Their terms are checked all at once.
    check_text({"term": "".join(each["term"] for each in keys), "word": "".join(map("".join, words))})
    if keys:
        await session.execute(upsert(session, _K).on_conflict_do_nothing(), keys)
    if words:
        rows = [{**columns, "variant": variant, "word": word} for variant, word in words]
        await session.execute(upsert(session, _W).on_conflict_do_nothing(), rows)


async def _rows(session: AsyncSession, scope: CacheScope, ids: Sequence[str]) -> list[RecordRow]:
    return await every(session, RecordRow, select(_T).where(*_in(_T, scope), _T.c.id.in_(tuple(ids))))


def _within(span: RangeFilter) -> list[ColumnElement[bool]]:
    held = _T.c.data[span.field]
    made: list[ColumnElement[bool]] = []
    for bound, low in ((span.low, True), (span.high, False)):
        if bound is not None:
            value: Any = func.replace(held.as_string(), " ", "T") if isinstance(bound, str) else held.as_float()
            made.append(value >= bound if low else value < bound)
    return made


def _held(scope: CacheScope, match: TermFilter) -> ColumnElement[bool]:
    mine = select(_K.c.id).where(
        *_in(_K, scope), _K.c.form == match.form, _K.c.term.in_(match.terms), _K.c.field == match.field
    )
    return _T.c.id.in_(mine)


def _in(each: Any, scope: CacheScope) -> tuple[ColumnElement[bool], ...]:
    return tuple(each.c[name] == value for name, value in scope.columns().items())
