"""Reads what deliveries need, for all that ask in the same moment together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import store.deliveries
import store.signing_secrets
import store.webhooks
from events.webhooks.secrets import WEBHOOK
from store.deliveries import Due
from store.sessions import Sessions
from store.signing_secrets import SigningSecretRow
from store.webhooks import EndpointRow


@dataclass(frozen=True, slots=True)
class Packed:
    delivery: Due
    endpoint: EndpointRow
    secret: SigningSecretRow


class Pouch:
    """A claim starts its deliveries side by side, so that one look at the database serves them all; nothing is kept."""

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

    async def _read(self, delivery_ids: list[str]) -> dict[str, Packed]:
        async with self._sessions.read() as session:
            rows = await store.deliveries.due(session, delivery_ids)
            targets = {row.endpoint for row in rows}
            workspaces = {row.workspace for row in rows}
            endpoints = await store.webhooks.by_ids(session, targets)
            secrets = await store.signing_secrets.of_targets(session, workspaces, WEBHOOK, targets)
        return {
            row.id: Packed(row, endpoints[row.endpoint], secrets[row.endpoint])
            for row in rows
            if row.endpoint in secrets
        }
