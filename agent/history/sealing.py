"""Message authentication of a database: sealed once, checked from then on.

Rows that give rights or say what is sent carry a code that only a data key makes (``store.rows``). A database from
before that has none: its rows get theirs at the first start, once. That it happened is known from three places, and
none of them is a row that could be taken out: the data keys are wrapped in another way since
(``agent.workspace.data_keys``), a file lies beside data.key, and ``OPSIQ_SEALED`` says so where no data folder is kept.
A database that is not sealed although one of the last two says it was is refused: it is an older copy, or was made to
look like one. ``accept`` seals anew what stands there, for whoever put such a copy back on purpose.
"""

from __future__ import annotations

import logging

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


async def open_sealed(database: Database, settings: Settings, clock: Clock) -> SecretBox:
    """Open the data keys and have ``sessions`` make and check codes from now on, sealing first what never was. Raises
    BadSetting."""
    ring = await open_keyring(database, settings.data_keys, clock)
    if not ring.sealed:
        if settings.sealed or settings.sealed_file.exists():
            raise BadSetting(NOT_SEALED, extra={"setting": "OPSIQ_SEALED"})
        ring = await _seal(database, settings, again=False)
    database.authenticator = ring.box.authenticator
    mark(settings, clock)
    return ring.box


async def open_restored(database: Database, settings: Settings, clock: Clock) -> SecretBox:
    """As ``open_sealed``, for a backup that was just put back: one from before databases were sealed is sealed,
    whatever the data folder says. Raises BadSetting."""
    if not (await open_keyring(database, settings.data_keys, clock)).sealed:
        return await accept(database, settings, clock)
    return await open_sealed(database, settings, clock)


async def accept(database: Database, settings: Settings, clock: Clock) -> SecretBox:
    """Seal everything as it stands now, whatever was sealed before. Raises BadSetting."""
    await open_keyring(database, settings.data_keys, clock)
    ring = await _seal(database, settings, again=True)
    database.authenticator = ring.box.authenticator
    mark(settings, clock)
    return ring.box


async def _seal(database: Database, settings: Settings, *, again: bool) -> Keyring:
    """All rows in one transaction, during which nobody else seals: cut off, nothing has happened."""
    async with database.begin() as session:
        ring = await load_locked_keyring(session, settings.data_keys)
        if ring.sealed and not again:  # another process was quicker
            return ring
        count = await store.history.authenticity.seal(session, ring.box.authenticator)
        await mark_sealed(session, settings.data_keys)
    log.warning("the database is sealed: %d rows carry a message authentication code now", count)
    return ring


def mark(settings: Settings, clock: Clock) -> None:
    """The file that says it, beside data.key; where the folder can't be written, the data keys and OPSIQ_SEALED say it
    alone."""
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
