"""Nonce store: nonces of signed requests, written in batches. A request goes on only after the transaction that holds
its nonce is committed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import store.accounts.api_keys
import store.requests.nonces
from core.batching import Batcher
from store.database import Database


@dataclass(frozen=True, slots=True)
class _Request:
    key: str
    nonce: str
    at: datetime
    touch: str | None


class Nonces:
    """One process's way to the nonce table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._grouped = Batcher(self._commit)

    async def take(self, key: str, nonce: str, at: datetime, *, touch: str | None = None) -> bool:
        """Whether this nonce was unused. It is stored when the call returns. ``touch`` is the id of the key to mark as
        used. Raises the database's errors."""
        return await self._grouped.ask(_Request(key, nonce, at, touch))

    async def _commit(self, group: Sequence[_Request]) -> Sequence[bool]:
        async with self._database.begin() as session:
            fresh = await store.requests.nonces.insert_many(
                session, [(each.key, each.nonce, each.at) for each in group]
            )
            for key_id, at in {each.touch: each.at for each in group if each.touch}.items():
                await store.accounts.api_keys.touch(session, key_id, at)
        return fresh
