"""Delivery loader: reads what deliveries need, in one query for all that ask at the same moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

import store.signing_secrets
import store.webhooks.deliveries
import store.webhooks.endpoints
from core.errors import NotAuthentic
from events.webhooks.endpoint_secrets import WEBHOOK, EndpointSecrets
from store.database import Database
from store.jobs.jobs import Job
from store.signing_secrets import SigningSecretRow
from store.webhooks.deliveries import DueDelivery
from store.webhooks.endpoints import EndpointRow

MAX_BODY_BYTES: Final = 16 * 1024


class DeliveryEndpoint:
    """An endpoint as read for some of its deliveries. The first of them decrypts its headers and secrets."""

    def __init__(self, row: EndpointRow, secret: SigningSecretRow, endpoint_secrets: EndpointSecrets) -> None:
        self.id, self.url, self.state = row.id, row.url, row.state
        self._row = row
        self._secret = secret
        self._endpoint_secrets = endpoint_secrets
        self._changing = secret.previous is not None

    @cached_property
    def headers(self) -> dict[str, str]:
        """Its own."""
        return self._endpoint_secrets.headers(self._row.workspace, self.id, self._row.sealed_headers)

    def secrets(self, now: datetime) -> Sequence[str]:
        """Those to sign with, newest first."""
        return self._endpoint_secrets.decrypt(self._secret, now) if self._changing else self._only

    @cached_property
    def _only(self) -> Sequence[str]:
        return self._endpoint_secrets.decrypt(self._secret, self._secret.created_at)


class LoadedDelivery(NamedTuple):
    delivery: DueDelivery
    endpoint: DeliveryEndpoint


class DeliveryLoader:
    """Reads deliveries in batches: a claim starts its deliveries side by side, so one query serves them all."""

    def __init__(self, database: Database, endpoint_secrets: EndpointSecrets) -> None:
        self._database = database
        self._endpoint_secrets = endpoint_secrets
        self._waiting: dict[str, asyncio.Future[LoadedDelivery | None]] = {}
        self._task: asyncio.Task[None] | None = None

    async def of(self, delivery_id: str) -> LoadedDelivery | None:
        """The endpoint of a delivery. None if the delivery or the endpoint's secret is gone. Raises Unavailable, and
        NotAuthentic if something other than OpsIQ wrote the endpoint: nothing is sent there."""
        future = self._waiting.get(delivery_id)
        if future is None:
            future = self._waiting[delivery_id] = asyncio.get_running_loop().create_future()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._fetch(), name="opsiq-delivery-loader")
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
                packed = found.get(delivery_id)
                if isinstance(packed, NotAuthentic):
                    future.set_exception(packed)
                    future.exception()
                else:
                    future.set_result(packed)

    async def beside(self, session: AsyncSession, works: Sequence[Job]) -> dict[str, LoadedDelivery]:
        """Deliveries by job id, read with the claim. Those with large bodies are read only when their turn comes, so
        that waiting takes little memory."""
        found = await self._load(session, [job.payload["delivery"] for job in works], MAX_BODY_BYTES)
        beside = {job.id: found.get(job.payload["delivery"]) for job in works}
        return {work_id: packed for work_id, packed in beside.items() if isinstance(packed, LoadedDelivery)}

    async def _read(self, delivery_ids: list[str]) -> dict[str, LoadedDelivery | NotAuthentic]:
        async with self._database.read() as session:
            return await self._load(session, delivery_ids)

    async def _load(
        self, session: AsyncSession, delivery_ids: Sequence[str], max_body_bytes: int | None = None
    ) -> dict[str, LoadedDelivery | NotAuthentic]:
        rows = await store.webhooks.deliveries.due(session, delivery_ids, max_body_bytes)
        targets = {row.endpoint for row in rows}
        workspaces = {row.workspace for row in rows}
        endpoints = await store.webhooks.endpoints.by_ids(session, targets)
        secrets = await store.signing_secrets.of_targets(session, workspaces, WEBHOOK, targets)
        known = {
            name: DeliveryEndpoint(endpoints[name], secret, self._endpoint_secrets)
            for name, secret in secrets.items()
            if name in endpoints
        }
        untrue = NotAuthentic(
            "The endpoint of this delivery was written by something other than OpsIQ: nothing is sent to it."
        )
        return {
            row.id: LoadedDelivery(row, known[row.endpoint]) if row.endpoint in known else untrue
            for row in rows
            if row.endpoint in secrets
        }
