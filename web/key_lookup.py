"""API key lookup: keys with their members, read in batches and never cached, so that a revoked key signs nothing from
then on."""

from __future__ import annotations

from collections.abc import Sequence

import store.accounts.api_keys
from core.batching import Batcher
from store.accounts.api_keys import KeyRow
from store.accounts.members import MemberRow
from store.database import Database

KeyHolder = tuple[KeyRow, MemberRow | None]


class KeyLookup:
    """One process's way to the table of keys."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._grouped = Batcher(self._read)

    async def of(self, public: str) -> KeyHolder | None:
        """The key with this public part, usable or not, and its member, as they are now. Raises what the database
        raises."""
        return await self._grouped.ask(public)

    async def _read(self, group: Sequence[str]) -> Sequence[KeyHolder | None]:
        async with self._database.read() as session:
            found = await store.accounts.api_keys.with_members(session, sorted(set(group)))
        return [found.get(public) for public in group]
