"""Reads what deliveries need, for all that ask in the same moment together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.deliveries
import store.signing_secrets
import store.webhooks
from events.webhooks.secrets import WEBHOOK
from store.deliveries import Due
from store.sessions import Sessions
from store.signing_secrets import SigningSecretRow
from store.webhooks import EndpointRow
from store.work import Work

MAX_BODY_BYTES: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Packed:
    delivery: Due
    endpoint: EndpointRow
    secret: SigningSecretRow


class Pouch:
    """A claim starts its deliveries side by side, so that one look at the database serves them all."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._waiting: dict[str, asyncio.Future[Packed | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def of(self, delivery_id: str) -> Packed | None:
        """None when the delivery is gone, or its endpoint's secret. Raises Unavailable."""
        future = self._waiting.get(delivery_id)
        if future is None:
            future = self._waiting[delivery_id] = asyncio.get_running_loop().create_future()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._fetch(), name="opsiq-pouch")
        return await asyncio.shield(future)

    async def _fetch(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, {}
            try:
                found = await self._read(list(asked))
            except Exception as error:
                for future in asked.values():
                    future.set_exception(error)
                    future.exception()  # whoever asked may have been cancelled: that is no unseen error
                continue
            for delivery_id, future in asked.items():
                future.set_result(found.get(delivery_id))

    async def beside(self, session: AsyncSession, works: Sequence[Work]) -> dict[str, Packed]:
        """By the work's id, read in the claim's transaction. Those with large bodies are left out: they are read when it is their turn, so
        that what waits for its turn takes little memory.
        """
        found = await _packed(session, [work.payload["delivery"] for work in works], MAX_BODY_BYTES)
        return {work.id: found[work.payload["delivery"]] for work in works if work.payload["delivery"] in found}

    async def _read(self, delivery_ids: list[str]) -> dict[str, Packed]:
        async with self._sessions.read() as session:
            return await _packed(session, delivery_ids)


async def _packed(
    session: AsyncSession, delivery_ids: Sequence[str], max_body_bytes: int | None = None
) -> dict[str, Packed]:
    rows = await store.deliveries.due(session, delivery_ids, max_body_bytes)
    targets = {row.endpoint for row in rows}
    workspaces = {row.workspace for row in rows}
    endpoints = await store.webhooks.by_ids(session, targets)
    secrets = await store.signing_secrets.of_targets(session, workspaces, WEBHOOK, targets)
    return {
        row.id: Packed(row, endpoints[row.endpoint], secrets[row.endpoint]) for row in rows if row.endpoint in secrets
    }
