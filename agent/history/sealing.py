"""Sealing of a database: its protected rows get message authentication codes once, and the codes are checked from then
on.

Rows that give rights or say what is sent carry a code that only a data key can make (``store.rows``). An older database
has no codes; its rows get them once, at the first start.

Three places outside those rows record that a database is sealed: the way the data keys are wrapped
(``agent.workspace.data_keys``), a file beside data.key, and the setting ``OPSIQ_SEALED``, for servers that keep no data
folder. If the file or the setting says sealed and the database is not, it is refused: it is an older copy, or was made
to look like one. ``accept`` seals such a copy again, for whoever restored it on purpose.
"""

from __future__ import annotations

import logging

import store.data_keys
import store.history.authenticity
from agent.workspace.data_keys import Keyring, load_locked_keyring, mark_sealed, open_keyring
from core.clock import Clock, format_iso
from core.crypto.key_file import write_once
from core.crypto.secretbox import SecretBox
from core.errors import BadSetting
from core.settings import Settings
from store.database import Database

log = logging.getLogger(__name__)

NOT_SEALED = (
    "This database was sealed once and is not any more: it is a copy from before that, or somebody made it look "
    "like one. Nothing in it is "
    "trusted. If you put it back yourself and trust what is in it, run `opsiq seal --accept`; else restore a "
    "newer backup."
)

KEY_MISSING = (
    "The data key of this database is not here. Put it back at {file}, or set OPSIQ_DATA_KEY; without it the stored "
    "secrets are lost."
)


async def open_sealed(database: Database, settings: Settings, clock: Clock) -> SecretBox:
    """Opens the data keys, and makes and checks codes from now on. A database that was never sealed is sealed first.
    Raises BadSetting."""
    ring = await open_keyring(database, await _find_wrapping_keys(database, settings), clock)
    if not ring.sealed:
        if settings.sealed or settings.sealed_file.exists():
            raise BadSetting(NOT_SEALED, extra={"setting": "OPSIQ_SEALED"})
        ring = await _seal(database, settings, again=False)
    database.authenticator = ring.box.authenticator
    mark(settings, clock)
    return ring.box


async def open_restored(database: Database, settings: Settings, clock: Clock) -> SecretBox:
    """Like ``open_sealed``, for a backup that was just restored. If it was made before databases were sealed, it is
    sealed now, whatever the data folder says. Raises BadSetting."""
    if not (await open_keyring(database, await _find_wrapping_keys(database, settings), clock)).sealed:
        return await accept(database, settings, clock)
    return await open_sealed(database, settings, clock)


async def accept(database: Database, settings: Settings, clock: Clock) -> SecretBox:
    """Seals everything as it is now, whatever was sealed before. Raises BadSetting."""
    await open_keyring(database, await _find_wrapping_keys(database, settings), clock)
    ring = await _seal(database, settings, again=True)
    database.authenticator = ring.box.authenticator
    mark(settings, clock)
    return ring.box


async def _find_wrapping_keys(database: Database, settings: Settings) -> tuple[bytes, ...]:
    """The keys that may have wrapped the database's data keys. Only a database that has none yet gets a new one: beside
    an older database it would open nothing, and stand in the way of the right one. Raises BadSetting if that is
    missing."""
    if settings.given_data_key is None and not settings.key_file.exists():
        async with database.read() as session:
            if await store.data_keys.listed(session):
                raise BadSetting(KEY_MISSING.format(file=settings.key_file))
    return settings.data_keys


async def _seal(database: Database, settings: Settings, *, again: bool) -> Keyring:
    """Seals all rows in one transaction, under a lock. If it is interrupted, nothing has changed."""
    async with database.begin() as session:
        ring = await load_locked_keyring(session, settings.data_keys)
        if ring.sealed and not again:  # another process sealed it first
            return ring
        count = await store.history.authenticity.seal(session, ring.box.authenticator)
        await mark_sealed(session, settings.data_keys)
    log.warning("the database is sealed: %d rows carry a message authentication code now", count)
    return ring


def mark(settings: Settings, clock: Clock) -> None:
    """Writes the file beside data.key that says that the database is sealed. If the folder can't be written, only the
    data keys and OPSIQ_SEALED say so."""
    if settings.sealed_file.exists():
        return
    try:
        write_once(
            settings.sealed_file,
            f"This data folder's database is sealed since {format_iso(clock())}. Keep this file beside data.key: "
            "without it, an old copy of the database could be sealed again.\n",
        )
    except OSError as error:
        log.warning("%s can't be written (%s): set OPSIQ_SEALED=yes instead", settings.sealed_file, error.strerror)
