"""A platform's records kept here in step with its events: only the fields its connector declares safe, found by their words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime, upsert
from store.rows import Row, every, first, table, values


class IndexedRow(Row, table=True):
    """``values`` is JSON of safe fields, ``words`` its search words in lower case, a space around each. ``as_of`` is the moment the record
    was read at: what is older never replaces it."""

    __tablename__ = "record_index"
    __table_args__ = (Index("ix_record_index_as_of", "workspace", "kind", "as_of"),)

    workspace: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    values_json: str
    words: str
    as_of: datetime = Field(sa_type=UtcTime)


_T = table(IndexedRow)


async def put(session: AsyncSession, rows: Sequence[IndexedRow]) -> None:
    """Insert, or replace what is older."""
    for row in rows:
        fresh = upsert(session, _T).values(values(row))
        changed = {"values_json": row.values_json, "words": row.words, "as_of": row.as_of}
        keys = ["workspace", "kind", "id"]
        await session.execute(
            fresh.on_conflict_do_update(index_elements=keys, set_=changed, where=_T.c.as_of <= row.as_of)
        )


async def get(session: AsyncSession, workspace: str, kind: str, record_id: str) -> IndexedRow | None:
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.kind == kind, _T.c.id == record_id)
    return await first(session, IndexedRow, mine)


async def found(
    session: AsyncSession, workspace: str, kind: str, words: Sequence[str], *, limit: int = 20
) -> list[IndexedRow]:
    """Records that hold every one of ``words`` as a whole word (compared in lower case), by id."""
    statement = select(_T).where(_T.c.workspace == workspace, _T.c.kind == kind)
    for word in words:
        statement = statement.where(_T.c.words.contains(f" {word.lower()} ", autoescape=True))
    return await every(session, IndexedRow, statement.order_by(_T.c.id).limit(limit))


async def drop(session: AsyncSession, workspace: str, kind: str, record_id: str) -> None:
    await session.execute(delete(_T).where(_T.c.workspace == workspace, _T.c.kind == kind, _T.c.id == record_id))


async def drop_older(session: AsyncSession, workspace: str, kind: str, than: datetime) -> int:
    """After a full sync that began at ``than``: what it has not seen is not there any more. Returns how many."""
    stale = delete(_T).where(_T.c.workspace == workspace, _T.c.kind == kind, _T.c.as_of < than)
    return len((await session.execute(stale.returning(_T.c.id))).all())


async def count(session: AsyncSession, workspace: str, kind: str) -> int:
    mine = select(func.count()).select_from(_T).where(_T.c.workspace == workspace, _T.c.kind == kind)
    counted: int = (await session.execute(mine)).scalar_one()
    return counted
