"""Inbound webhooks: turn a platform's message, verified by its connector, into events. Each message counts once, in one
transaction."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.connectors
import store.events.inbound
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace import principals
from agent.workspace.context import WorkspaceContexts
from core import ids, webhook_signature
from core.actor import Actor, check_owner
from core.clock import Clock, format_iso, from_iso
from core.crypto.secretbox import SecretBox
from core.errors import (
    BadSetting,
    Conflict,
    ConnectorBroken,
    EventLoop,
    Finding,
    InvalidInput,
    NotFound,
    OpsIQError,
)
from events.publish import publish
from registry.connector import (
    WEBHOOK_SECRET,
    WEBHOOK_SECRET_BEFORE,
    WEBHOOK_SECRET_BEFORE_UNTIL,
    Connector,
    Event,
    Inbound,
    SecretForm,
)
from store.database import Database, after_commit
from store.events.inbound import InboundRow
from store.transaction_hook import TransactionHook, no_hook

log = logging.getLogger(__name__)

HANDLE_S: Final = 10.0
MAX_EVENTS: Final = 100
MAX_MESSAGE_CHARS: Final = 255
OVERLAP: Final = timedelta(hours=24)
"""How long a platform may still sign with the previous secret."""


@dataclass(frozen=True, slots=True)
class AcceptedEvent:
    """One event of an inbound webhook. ``repeated``: the platform sent it before, so nothing was done again."""

    id: str
    event: str
    repeated: bool


@dataclass(frozen=True, slots=True)
class SharedSecret:
    """The shared secret of a platform's webhooks. ``secret`` is returned only once. The previous one is valid until
    ``previous_until``. ``in_address``: it is part of the address given to the platform."""

    connector: str
    secret: str
    previous_until: datetime | None
    in_address: bool = False


@dataclass(frozen=True)
class Inbox:
    database: Database
    contexts: WorkspaceContexts
    box: SecretBox
    clock: Clock
    wake: Callable[[], None]

    async def take(
        self, name: str, inbound: Inbound, *, workspace: str | None = None, request_id: str | None = None
    ) -> Sequence[AcceptedEvent]:
        """Takes one webhook and returns its events, newly fired or fired before. Everything is one transaction.
        ``workspace`` None means the only workspace that uses this connector. Raises NotFound for a connector that is
        not set up or takes no webhooks, BadAssertion for an unverified webhook, Conflict for a message id that came
        before with other bytes, InvalidInput for an invalid event, EventLoop, ConnectorBroken.
        """
        connector, workspace = await self._find_addressed(name, workspace)
        told = await self._handle(connector, inbound)
        digest = hashlib.sha256(inbound.body).hexdigest()
        now = self.clock()
        try:
            async with self.database.begin() as session:
                taken = [
                    await self._take(session, workspace, name, event, digest, now, request_id=request_id)
                    for event in told
                ]
                after_commit(session, self.wake)
        except EventLoop as error:
            async with self.database.begin() as session:
                await recorder.record_act(
                    session,
                    _make_connector_actor(workspace, name),
                    EntryType.EVENT_REFUSED,
                    now,
                    request_id=request_id,
                    event=[each.name for each in told],
                    detail=error.detail,
                )
            raise
        return taken

    async def share_secret(
        self, by: Actor, name: str, given: str | None = None, *, in_transaction: TransactionHook[SharedSecret] = no_hook
    ) -> SharedSecret:
        """Set the secret that the platform signs its webhooks with: ``given`` by it, or a fresh one. The one before it
        is good for a day. ``in_transaction`` is written in the same transaction. Raises Forbidden, NotFound,
        InvalidInput for a secret that can't be one, Conflict where another was shared at the same time."""
        check_owner(by, "shares secrets with a platform")
        form = await self._get_secret_form(by.workspace, name)
        secret = given or (webhook_signature.make_secret() if form == "standard" else secrets.token_urlsafe(32))
        if trouble := _explain_bad_secret(secret, form):
            raise InvalidInput(trouble, findings=[Finding("/secret", "invalid", trouble)])
        now = self.clock()
        context = f"connector:{by.workspace}:{name}"
        async with self.database.read() as session:  # as they found it: of two at once, one is told of the other
            was = (await store.connectors.get(session, by.workspace, name)).sealed_secrets
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            row = await store.connectors.get(session, by.workspace, name)
            if row.sealed_secrets != was:
                raise Conflict(f"The secrets of {name} were changed meanwhile: try again.")
            held: dict[str, str] = json.loads(self.box.open(row.sealed_secrets, context=context))
            before = held.get(WEBHOOK_SECRET)
            if before is not None and before != secret:
                held[WEBHOOK_SECRET_BEFORE], held[WEBHOOK_SECRET_BEFORE_UNTIL] = before, format_iso(now + OVERLAP)
            held[WEBHOOK_SECRET] = secret
            sealed = self.box.seal(json.dumps(held).encode(), context=context)
            await store.connectors.reseal(session, row, sealed, now)
            until = held.get(WEBHOOK_SECRET_BEFORE_UNTIL)
            until_then = from_iso(until) if until and from_iso(until) > now else None
            made = SharedSecret(name, secret, until_then, in_address=form == "address")
            await in_transaction(session, made)
            await recorder.record_act(session, by, EntryType.CONNECTOR_SECRET_SHARED, now, connector=name)
        return made

    async def _get_secret_form(self, workspace: str, name: str) -> SecretForm:
        context = await self.contexts.of(workspace)
        connector = next((each for each in context.connectors if each.connection == name), None)
        return connector.secret_form if connector is not None else "standard"

    async def _find_addressed(self, name: str, workspace: str | None) -> tuple[Connector, str]:
        async with self.database.read() as session:
            using = await store.connectors.using(session, name)
        found = [each for each in using if workspace in (None, each)]
        if len(found) != 1:
            raise NotFound(f"No webhook is expected here for {name[:64]!r}: check the connector and ?workspace=.")
        context = await self.contexts.of(found[0])
        connector = next((each for each in context.connectors if each.connection == name), None)
        if connector is None or not connector.takes_webhooks():
            raise NotFound(f"The connector {name} takes no webhooks.")
        return connector, found[0]

    async def _handle(self, connector: Connector, inbound: Inbound) -> Sequence[Event]:
        """The connector's events. Third-party code: any failure is its own."""
        try:
            async with asyncio.timeout(HANDLE_S):
                told = tuple(await connector.handle_webhook(inbound))
        except OpsIQError:
            raise
        except Exception as error:
            log.exception("connector %s failed to handle a webhook", connector.connection)
            raise ConnectorBroken(f"The connector {connector.connection} failed to read this webhook.") from error
        if len(told) > MAX_EVENTS or not all(map(_fit, told)):
            raise ConnectorBroken(
                f"The connector {connector.connection} made events that can't be taken of this webhook."
            )
        return told

    async def _take(
        self,
        session: AsyncSession,
        workspace: str,
        connector: str,
        event: Event,
        digest: str,
        now: datetime,
        *,
        request_id: str | None,
    ) -> AcceptedEvent:
        event_id = ids.make_id("evt")
        row = InboundRow(
            workspace=workspace, connector=connector, message=event.id, digest=digest, event_id=event_id, at=now
        )
        there = await store.events.inbound.take(session, row)
        if there is not None and there.digest != digest:
            raise Conflict(
                "This message id came with another body before. A message that is sent again has the same bytes."
            )
        if there is not None:
            return AcceptedEvent(there.event_id, event.name, repeated=True)
        for cause in (event.caused_by, None):
            try:
                fired = await publish(
                    session,
                    workspace=workspace,
                    name=event.name,
                    data=event.data,
                    origin=f"connector:{connector}",
                    at=now,
                    occurred_at=from_iso(event.occurred_at),
                    caused_by=cause,
                    request_id=request_id,
                    event_id=event_id,
                )
                return AcceptedEvent(fired.id, fired.name, repeated=False)
            except InvalidInput as error:
                # The cause may have been deleted here long ago, but the event happened.
                if cause is None or [each.pointer for each in error.findings] != ["/caused_by"]:
                    raise
        raise AssertionError("unreachable")  # pragma: no cover


def _fit(event: Event) -> bool:
    try:
        from_iso(event.occurred_at)
    except ValueError:
        return False
    return 1 <= len(event.id) <= MAX_MESSAGE_CHARS


def _explain_bad_secret(secret: str, form: SecretForm) -> str:
    """Why it can't be a webhook secret. Empty if it can."""
    if form == "standard":
        try:
            webhook_signature.sign([secret], "probe", 0, b"")
        except BadSetting as error:
            return error.detail
    elif not 16 <= len(secret) <= 400 or not secret.isascii() or not secret.isprintable() or " " in secret:
        return "A secret has 16 to 400 printable ASCII characters and no space."
    return ""


def _make_connector_actor(workspace: str, name: str) -> Actor:
    return Actor(workspace, f"connector:{name}", "system", name, "system", "")
