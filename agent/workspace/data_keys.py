"""Data encryption keys: created on first use, unwrapped at start-up, rewrapped when the wrapping key changes.

Stored secrets are sealed with a data key that is kept in the database, wrapped with the key of ``OPSIQ_DATA_KEY`` or
``data.key``. To change that key is to wrap a few rows anew, in one transaction; no stored secret moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core import ids, secretbox
from core.clock import Clock
from core.errors import BadSetting
from core.secretbox import SecretBox
from store import data_keys
from store.data_keys import DataKeyRow
from store.database import Database

WRONG_KEY: Final = (
    "This database's data keys don't open with the key of OPSIQ_DATA_KEY (or data.key). Restore the key they were "
    "wrapped with; "
    "without it the stored secrets are lost."
)


async def open_box(database: Database, wrapping: Sequence[bytes], clock: Clock) -> SecretBox:
    """The box that encrypts and decrypts this database's secrets. ``wrapping``: the keys that may have wrapped the data
    keys, likeliest first. Raises BadSetting when none did."""
    async with database.read() as session:
        rows = await data_keys.listed(session)
    if not rows:
        async with database.begin() as session:
            await data_keys.lock(session)
            rows = await data_keys.listed(session) or [await _made(session, wrapping[0], clock)]
    opened = {row.id: _unwrapped(row, wrapping) for row in rows}
    newest = rows[-1].id
    return SecretBox(opened.pop(newest), id=newest, older=opened)


async def rotate(database: Database, wrapping: Sequence[bytes], new: bytes, clock: Clock, *, fresh: bool) -> int:
    """Rewrap every data key with ``new``, all or none; ``fresh`` also adds one that encrypts from now on. Returns how
    many there are. Answers how many there are.

    A process that runs goes on with what it has opened; after ``fresh``, it can't open what newer ones seal until it is
    restarted.
    """
    async with database.begin() as session:
        await data_keys.lock(session)
        rows = await data_keys.listed(session)
        for row in rows:
            wrapped = SecretBox(new).seal(_unwrapped(row, wrapping), context=_context(row.id))
            await data_keys.rewrap(session, row.id, was=row.wrapped, wrapped=wrapped)
        if fresh or not rows:
            rows.append(await _made(session, new, clock))
    return len(rows)


async def wraps(database: Database, key: bytes) -> bool:
    """Whether ``key`` opens every data key."""
    async with database.read() as session:
        rows = await data_keys.listed(session)
    try:
        return all(_unwrapped(row, [key]) for row in rows)
    except BadSetting:
        return False


async def _made(session: AsyncSession, wrapping: bytes, clock: Clock) -> DataKeyRow:
    key_id = ids.new("dk")
    wrapped = SecretBox(wrapping).seal(secretbox.new_key(), context=_context(key_id))
    return await data_keys.insert(session, DataKeyRow(id=key_id, wrapped=wrapped, created_at=clock()))


def _unwrapped(row: DataKeyRow, wrapping: Sequence[bytes]) -> bytes:
    for key in wrapping:
        try:
            return SecretBox(key).open(row.wrapped, context=_context(row.id))
        except BadSetting:
            continue
    raise BadSetting(WRONG_KEY)


def _context(key_id: str) -> str:
    return f"data-key:{key_id}"
