"""Nonces of signed requests, taken in groups: requests that arrive while one group is being committed share the next commit.

A request goes on only after the transaction that holds its nonce is committed, so nothing is weaker than one transaction each; but under
load the disk is asked once for many.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import store.keys
import store.nonces
from store.sessions import Sessions

MOST: Final = 200
"""The most nonces of one transaction: three parameters each, well below what any database takes."""


@dataclass(frozen=True)
class _Wanted:
    key: str
    nonce: str
    at: datetime
    touch: str | None
    taken: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Nonces:
    """One process's queue to the nonce table."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: list[_Wanted] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, key: str, nonce: str, at: datetime, *, touch: str | None = None) -> bool:
        """Whether this nonce was free; committed when it answers. ``touch`` is the id of the key to mark as used. Raises what the database
        raises."""
        wanted = _Wanted(key, nonce, at, touch)
        self._waiting.append(wanted)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await wanted.taken

    async def _write(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._commit(group)
        finally:
            self._writing = None

    async def _commit(self, group: list[_Wanted]) -> None:
        try:
            async with self._sessions.begin() as session:
                fresh = await store.nonces.insert_many(session, [(each.key, each.nonce, each.at) for each in group])
                for key_id, at in {each.touch: each.at for each in group if each.touch}.items():
                    await store.keys.touch(session, key_id, at)
        except Exception as error:
            for each in group:
                if not each.taken.done():
                    each.taken.set_exception(error)
            return
        for each, free in zip(group, fresh, strict=True):
            if not each.taken.done():
                each.taken.set_result(free)
