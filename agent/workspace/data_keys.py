"""Data encryption keys: created on first use, unwrapped at start-up, rewrapped when the wrapping key changes.

Stored secrets are sealed with a data key. The database keeps the data key wrapped with the key of ``OPSIQ_DATA_KEY`` or
``data.key``. Changing that key rewraps a few rows in one transaction; no stored secret changes.

The context in which a data key is wrapped also says whether the database is sealed (``agent.history.sealing``). Nobody
can change one context to the other without the wrapping key, so a change to the database alone can't remove the fact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.workspaces
from core import ids
from core.clock import Clock
from core.crypto import secretbox
from core.crypto.secretbox import SecretBox
from core.errors import BadSetting
from store import data_keys
from store.data_keys import DataKeyRow
from store.database import Database

WRONG_KEY: Final = (
    "This database's data keys don't open with the key of OPSIQ_DATA_KEY (or data.key). Restore the key they were "
    "wrapped with; "
    "without it the stored secrets are lost."
)


MISSING: Final = (
    "This database has workspaces, but the data keys that seal its secrets were taken out of it: restore the "
    "table data_keys from a "
    "backup."
)


@dataclass(frozen=True)
class Keyring:
    """Opened data keys of an installation. If ``sealed``, the rows that are protected carry codes, and a row without
    one is not authentic."""

    box: SecretBox
    sealed: bool


async def open_keyring(database: Database, wrapping: Sequence[bytes], clock: Clock) -> Keyring:
    """Opens the keys that seal and open this database's secrets. ``wrapping`` are the keys that may have wrapped the
    data keys, the likeliest first. A database without workspaces gets its first data key here, and is sealed from the
    start. Raises BadSetting if none of the wrapping keys fits."""
    async with database.read() as session:
        rows = await data_keys.listed(session)
    if not rows:
        async with database.begin() as session:
            await data_keys.lock(session)
            rows = await data_keys.listed(session)
            if not rows:
                if await store.workspaces.every_one(session):
                    raise BadSetting(MISSING)
                rows = [await _make(session, wrapping[0], clock, sealed=True)]
    return _open(rows, wrapping)


def _open(rows: Sequence[DataKeyRow], wrapping: Sequence[bytes]) -> Keyring:
    opened = {row.id: _unwrap(row, wrapping) for row in rows}
    keys = {key_id: key for key_id, (key, _) in opened.items()}
    newest = rows[-1].id
    box = SecretBox(keys.pop(newest), id=newest, older=keys)
    return Keyring(box, any(sealed for _, sealed in opened.values()))


async def load_locked_keyring(session: AsyncSession, wrapping: Sequence[bytes]) -> Keyring:
    """Opens the keys under a lock: until this transaction ends, nobody else makes or wraps any. Raises BadSetting."""
    await data_keys.lock(session)
    rows = await data_keys.listed(session)
    if not rows:
        raise BadSetting(MISSING)
    return _open(rows, wrapping)


async def mark_sealed(session: AsyncSession, wrapping: Sequence[bytes]) -> None:
    """Rewraps every data key with the first of ``wrapping``, marked as keys of a sealed database."""
    for row in await data_keys.listed(session):
        key, _ = _unwrap(row, wrapping)
        wrapped = SecretBox(wrapping[0]).seal(key, context=_make_context(row.id, sealed=True))
        await data_keys.rewrap(session, row.id, was=row.wrapped, wrapped=wrapped)


async def rotate(database: Database, wrapping: Sequence[bytes], new: bytes, clock: Clock, *, fresh: bool) -> int:
    """Rewraps every data key with ``new``, all or none. ``fresh`` also adds a key that encrypts from now on. Returns
    the number of keys.

    A running process keeps the keys that it has opened. After ``fresh``, it can't decrypt what the new key encrypts
    until it is restarted.
    """
    async with database.begin() as session:
        await data_keys.lock(session)
        rows = await data_keys.listed(session)
        sealed = False
        for row in rows:
            key, sealed_one = _unwrap(row, wrapping)
            sealed = sealed or sealed_one
            wrapped = SecretBox(new).seal(key, context=_make_context(row.id, sealed=sealed_one))
            await data_keys.rewrap(session, row.id, was=row.wrapped, wrapped=wrapped)
        if not rows and await store.workspaces.every_one(session):
            raise BadSetting(MISSING)
        if fresh or not rows:
            rows.append(await _make(session, new, clock, sealed=sealed or not rows))
    return len(rows)


async def wraps(database: Database, key: bytes) -> bool:
    """Whether ``key`` opens every data key."""
    async with database.read() as session:
        rows = await data_keys.listed(session)
    try:
        return all(_unwrap(row, [key]) for row in rows)
    except BadSetting:
        return False


async def _make(session: AsyncSession, wrapping: bytes, clock: Clock, *, sealed: bool) -> DataKeyRow:
    key_id = ids.make_id("dk")
    wrapped = SecretBox(wrapping).seal(secretbox.make_key(), context=_make_context(key_id, sealed=sealed))
    return await data_keys.insert(session, DataKeyRow(id=key_id, wrapped=wrapped, created_at=clock()))


def _unwrap(row: DataKeyRow, wrapping: Sequence[bytes]) -> tuple[bytes, bool]:
    """The unwrapped key, and whether it says that the database is sealed."""
    for key in wrapping:
        for sealed in (True, False):
            try:
                return SecretBox(key).open(row.wrapped, context=_make_context(row.id, sealed=sealed)), sealed
            except BadSetting:
                continue
    raise BadSetting(WRONG_KEY)


def _make_context(key_id: str, *, sealed: bool) -> str:
    return f"data-key:{key_id}:sealed" if sealed else f"data-key:{key_id}"
