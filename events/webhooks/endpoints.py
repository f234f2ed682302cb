"""Endpoint service: creates, changes, pauses, resumes, rotates and deletes webhook endpoints. Every act is an entry in
AI History."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession
from yarl import URL

import store.signing_secrets
import store.webhooks.deliveries
import store.webhooks.endpoints
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace import principals
from core import ids
from core.actor import OWNER, Actor
from core.clock import Clock
from core.errors import Conflict, Finding, Forbidden, InvalidInput
from events.webhooks.endpoint_secrets import WEBHOOK, EndpointSecrets
from events.webhooks.headers import check_headers
from executors.http.ssrf_guard import Blocked, SsrfGuard
from registry.events.event_names import check_pattern
from store.database import Database, after_commit
from store.jobs import lanes
from store.transaction_hook import TransactionHook, no_hook
from store.webhooks.endpoints import EndpointRow, SuccessRate

MAX_ENDPOINTS: Final = 200
MAX_PATTERNS: Final = 50
MAX_DESCRIPTION: Final = 500
MAX_PER_MINUTE: Final = 6_000


@dataclass(frozen=True)
class EndpointState:
    """An endpoint and its health: attempts of the last 24 hours, the names of its own headers, whether it is signed
    with two secrets, and until when."""

    row: EndpointRow
    rate: SuccessRate
    header_names: tuple[str, ...]
    previous_secret_until: datetime | None = None


@dataclass(frozen=True)
class CreatedEndpoint:
    """A created endpoint. ``secret`` is returned here and never again. The previous secret is valid until
    ``previous_until``."""

    shown: EndpointState
    secret: str
    previous_until: datetime | None = None


@dataclass(frozen=True)
class Endpoints:
    """Endpoint service. ``in_transaction`` runs in the transaction of the act. Members must be owners. A key only needs
    its scope."""

    database: Database
    guard: SsrfGuard
    endpoint_secrets: EndpointSecrets
    clock: Clock
    wake: Callable[[], None]

    async def create(
        self,
        by: Actor,
        url: str,
        patterns: Sequence[str],
        *,
        description: str = "",
        headers: Mapping[str, str] | None = None,
        per_minute: int | None = None,
        request_id: str | None = None,
        in_transaction: TransactionHook[CreatedEndpoint] = no_hook,
    ) -> CreatedEndpoint:
        """Creates an endpoint with a fresh secret. Raises InvalidInput for a URL, pattern or header that can't be,
        Forbidden."""
        _check_governs(by)
        endpoint_id = ids.make_id("whe")
        now = self.clock()
        own = check_headers(headers or {})
        row = EndpointRow(
            id=endpoint_id,
            workspace=by.workspace,
            url=self._check_url(url),
            patterns=_check_patterns(patterns),
            description=_check_description(description),
            sealed_headers=self.endpoint_secrets.seal_headers(by.workspace, endpoint_id, own),
            per_minute=_check_per_minute(per_minute),
            created_by=by.id,
            created_at=now,
            changed_at=now,
        )
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            if len(await store.webhooks.endpoints.listed(session, by.workspace)) >= MAX_ENDPOINTS:
                raise InvalidInput(f"A workspace has at most {MAX_ENDPOINTS} webhook endpoints: delete one first.")
            await store.webhooks.endpoints.insert(session, row)
            if row.per_minute:
                await lanes.widen(session, endpoint_id, 1)
            secret = await self.endpoint_secrets.make(session, by.workspace, endpoint_id, now)
            made = CreatedEndpoint(EndpointState(row, SuccessRate(0, 0), tuple(sorted(own))), secret)
            await in_transaction(session, made)
            await recorder.record_act(
                session,
                by,
                EntryType.WEBHOOK_CREATED,
                now,
                request_id=request_id,
                endpoint=endpoint_id,
                url=row.url,
                events=row.patterns.split(),
            )
        return made

    async def list_endpoints(self, by: Actor) -> list[EndpointState]:
        async with self.database.read() as session:
            return await self._show_all(
                session, by.workspace, await store.webhooks.endpoints.listed(session, by.workspace)
            )

    async def show(self, by: Actor, endpoint_id: str) -> EndpointState:
        """Reads one endpoint and its health. Raises NotFound."""
        async with self.database.read() as session:
            return await self._show(session, await store.webhooks.endpoints.get(session, by.workspace, endpoint_id))

    async def change(
        self,
        by: Actor,
        endpoint_id: str,
        given: Mapping[str, Any],
        *,
        as_of: datetime | None = None,
        request_id: str | None = None,
        in_transaction: TransactionHook[EndpointState] = no_hook,
    ) -> EndpointState:
        """Changes what ``given`` names: url, events, description, headers (all of them), per_minute.

        An endpoint's own headers don't move to another origin, so they must come with the new URL. ``as_of`` is when
        the endpoint was last changed, as the caller knew it. Raises InvalidInput, NotFound, and Conflict after a later
        change.
        """
        _check_governs(by)
        columns: dict[str, Any] = {}
        for name, value in given.items():
            match name:
                case "url":
                    columns["url"] = self._check_url(value)
                case "events":
                    columns["patterns"] = _check_patterns(value)
                case "description":
                    columns["description"] = _check_description(value)
                case "headers":
                    own = check_headers(value)
                    columns["sealed_headers"] = self.endpoint_secrets.seal_headers(by.workspace, endpoint_id, own)
                case "per_minute":
                    columns["per_minute"] = _check_per_minute(value)
                case _:
                    raise InvalidInput(f"An endpoint has no {name!r} to change.")
        told = {name: value for name, value in columns.items() if name != "sealed_headers"}
        return await self._change(
            by,
            endpoint_id,
            EntryType.WEBHOOK_CHANGED,
            in_transaction,
            request_id,
            columns,
            as_of=as_of,
            changed=sorted(given),
            **told,
        )

    async def pause(
        self,
        by: Actor,
        endpoint_id: str,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[EndpointState] = no_hook,
    ) -> EndpointState:
        """Pauses an endpoint. Deliveries are still made, and wait. Raises Conflict unless it is active."""
        _check_governs(by)
        return await self._change(
            by, endpoint_id, EntryType.WEBHOOK_PAUSED, in_transaction, request_id, {"state": "paused"}, was=("active",)
        )

    async def resume(
        self,
        by: Actor,
        endpoint_id: str,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[EndpointState] = no_hook,
    ) -> EndpointState:
        """Resumes an endpoint. A paused one sends what waited. A disabled one sends what comes from now on, and the
        rest can be recovered."""
        _check_governs(by)
        fresh = {"state": "active", "why": "", "failing_since": None, "consecutive_failures": 0, "slow_s": 0.0}
        return await self._change(
            by, endpoint_id, EntryType.WEBHOOK_RESUMED, in_transaction, request_id, fresh, was=("paused", "disabled")
        )

    async def delete(
        self,
        by: Actor,
        endpoint_id: str,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[EndpointState] = no_hook,
    ) -> EndpointState:
        """Deletes an endpoint. Its deliveries stay in the log. Pending ones are failed, and its secret is deleted."""
        _check_governs(by)
        return await self._change(
            by,
            endpoint_id,
            EntryType.WEBHOOK_DELETED,
            in_transaction,
            request_id,
            {"state": "deleted", "sealed_headers": ""},
        )

    async def rotate(
        self,
        by: Actor,
        endpoint_id: str,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[CreatedEndpoint] = no_hook,
    ) -> CreatedEndpoint:
        """Creates a new secret. For 24 hours everything is signed with both."""
        _check_governs(by)
        now = self.clock()
        async with self.database.read() as session:  # as they found it: of two at once, one is told about the other
            await store.webhooks.endpoints.get(session, by.workspace, endpoint_id)
            there = await store.signing_secrets.get(session, by.workspace, WEBHOOK, endpoint_id)
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            row = await store.webhooks.endpoints.get(session, by.workspace, endpoint_id)
            secret, until = await self.endpoint_secrets.rotate(
                session, by.workspace, endpoint_id, now, was=there.current
            )
            made = CreatedEndpoint(await self._show(session, row), secret, until)
            await in_transaction(session, made)
            await recorder.record_act(
                session,
                by,
                EntryType.WEBHOOK_ROTATED,
                now,
                request_id=request_id,
                endpoint=endpoint_id,
                previous_until=until.isoformat(),
            )
        return made

    async def _change(
        self,
        by: Actor,
        endpoint_id: str,
        kind: EntryType,
        in_transaction: TransactionHook[EndpointState],
        request_id: str | None,
        columns: Mapping[str, Any],
        *,
        was: Sequence[str] = (),
        as_of: datetime | None = None,
        **told: Any,
    ) -> EndpointState:
        now = self.clock()
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            there = await store.webhooks.endpoints.get(session, by.workspace, endpoint_id, lock=True)
            if as_of is not None and there.changed_at != as_of:
                raise Conflict("Somebody changed this endpoint meanwhile: read it again.")
            if "url" in columns and "sealed_headers" not in columns:
                _check_keeps_headers(there, columns["url"])
            row = await store.webhooks.endpoints.change(session, by.workspace, endpoint_id, now, was=was, **columns)
            shown = await self._show(session, row)
            match kind:
                case EntryType.WEBHOOK_PAUSED:
                    await lanes.hold(session, endpoint_id, lanes.FOREVER_S)
                case EntryType.WEBHOOK_RESUMED:
                    await lanes.release(session, endpoint_id)
                case EntryType.WEBHOOK_DELETED:
                    await store.webhooks.deliveries.give_up_all(session, endpoint_id, now, "The endpoint was deleted.")
                    await store.signing_secrets.remove(session, by.workspace, WEBHOOK, endpoint_id)
                    await lanes.release(session, endpoint_id)
            if "per_minute" in columns:
                await lanes.widen(session, endpoint_id, 1 if columns["per_minute"] else None)
            await in_transaction(session, shown)
            await recorder.record_act(
                session, by, kind, now, request_id=request_id, endpoint=endpoint_id, **({"url": row.url} | told)
            )
            after_commit(session, self.wake)
        return shown

    async def _show(self, session: AsyncSession, row: EndpointRow) -> EndpointState:
        return (await self._show_all(session, row.workspace, [row]))[0]

    async def _show_all(
        self, session: AsyncSession, workspace: str, rows: Sequence[EndpointRow]
    ) -> list[EndpointState]:
        """However many there are, in two statements."""
        now = self.clock()
        ids_of_all = [row.id for row in rows]
        rates = await store.webhooks.endpoints.rates(session, ids_of_all, now)
        secrets = await store.signing_secrets.of_targets(session, [workspace], WEBHOOK, ids_of_all)
        made: list[EndpointState] = []
        for row in rows:
            names = tuple(sorted(self.endpoint_secrets.headers(row.workspace, row.id, row.sealed_headers)))
            secret = secrets.get(row.id)
            rotating = secret.previous_until if secret is not None and len(secret.secrets(now)) > 1 else None
            made.append(EndpointState(row, rates.get(row.id, SuccessRate(0, 0)), names, rotating))
        return made

    def _check_url(self, text: str) -> str:
        """The URL as given, if it can be dialled: https, or http to hosts that the settings open on purpose. Names are
        checked when dialled."""
        try:
            url = self.guard.url(text)
        except Blocked as error:
            raise _make_fault("url", f"This URL can't be an endpoint: {error}.") from error
        if url.fragment:
            raise _make_fault("url", "An endpoint's URL has no #fragment: it would never be sent.")
        if url.scheme != "https" and not self.guard.open_socket(url.raw_host or ""):
            raise _make_fault(
                "url",
                "Use https. Plain http is only for addresses that OPSIQ_ALLOW_ADDRESSES opens, written as addresses.",
            )
        return text


def _check_keeps_headers(row: EndpointRow, url: str) -> None:
    """A header may hold a password. It was given for the server there, and a person who may move the endpoint may not
    read it."""
    if row.sealed_headers and URL(row.url).origin() != URL(url).origin():
        raise _make_fault(
            "headers",
            "This endpoint has headers of its own, which were given for the server that it is at. Give them again with "
            "the URL of another one, or none.",
        )


def _check_governs(by: Actor) -> None:
    if by.role != OWNER and by.kind != "key":
        raise Forbidden(f"Only an owner governs webhooks; you are {by.role}.")


def _check_patterns(given: Sequence[str]) -> str:
    if not 1 <= len(given) <= MAX_PATTERNS:
        raise _make_fault(
            "events", f"An endpoint hears of 1 to {MAX_PATTERNS} patterns of events: invoice.paid, invoice.*, *."
        )
    for at, text in enumerate(given):
        try:
            check_pattern(text)
        except InvalidInput as error:
            raise _make_fault(f"events/{at}", error.detail) from error
    return " ".join(dict.fromkeys(given))


def _check_description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION:
        raise _make_fault("description", f"A description has at most {MAX_DESCRIPTION} characters.")
    return text


def _check_per_minute(given: int | None) -> int | None:
    if given is not None and not 1 <= given <= MAX_PER_MINUTE:
        raise _make_fault("per_minute", f"per_minute is 1 to {MAX_PER_MINUTE}, or absent for no bound.")
    return given


def _make_fault(field: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, findings=[Finding(f"/{field}", "invalid", detail)])
