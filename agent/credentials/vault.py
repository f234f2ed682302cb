"""Credential vault: the credentials of a workspace's connections, sealed with its data key.

They are opened only to send one request, and appear in no answer, log or history. All processes share one OAuth access
token. A process that finds it missing or expired claims its renewal, and the others wait for it.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.connectors
import store.credentials
from agent.credentials.kinds import KINDS, Credential, OAuthClient, OAuthRefresh, read_credential
from agent.credentials.oauth import AccessToken, CredentialsRefused, TokenClient, fetch_token
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace import principals
from core.actor import Actor, check_owner
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from core.errors import BadSetting, InvalidInput, PlatformUnavailable, Unavailable
from executors.http.credentials import NO_CREDENTIALS, AppliedCredentials
from executors.http.platform_client import CredentialSource
from store.credentials import CredentialRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook

log = logging.getLogger(__name__)

RENEWAL: Final = timedelta(seconds=30)
"""How long one process may take to fetch a token before another one tries."""
WAITS_S: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
NOTED_EVERY: Final = timedelta(minutes=1)
WARN_BEFORE: Final = timedelta(days=14)
"""A warning is shown for credentials that expire sooner than this."""


@dataclass(frozen=True, slots=True)
class CredentialStatus:
    """What may be shown of a connection's credentials. ``refused_at`` is set if they were refused when they were last
    used."""

    connection: str
    kind: str
    title: str
    created_at: datetime
    changed_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    refused_at: datetime | None

    def warning(self, now: datetime) -> str:
        """What is wrong with them or soon will be, as a sentence. Empty if nothing is."""
        if self.refused_at is not None:
            return "They were refused when they were used last. Give new ones."
        if self.expires_at is None or self.expires_at > now + WARN_BEFORE:
            return ""
        if self.expires_at <= now:
            return "They have expired. Give new ones."
        days = (self.expires_at - now).days
        return f"They expire in {days} days." if days > 1 else "They expire within a day or two."


class ConnectionMoved(Exception):
    """Raised if a connection is no longer at the address that a request is for. Its credentials were given for another
    one."""


@dataclass(frozen=True)
class Vault:
    """The credentials of every workspace's connections. ``tokens`` reaches OAuth token endpoints."""

    database: Database
    box: SecretBox
    tokens: TokenClient
    clock: Clock
    _locks: dict[tuple[str, str], asyncio.Lock] = field(default_factory=dict, init=False, repr=False)

    # ── kept ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def put(
        self,
        by: Actor,
        connection: str,
        credential: Credential,
        *,
        expires_at: datetime | None = None,
        in_transaction: TransactionHook[CredentialStatus] = no_hook,
    ) -> CredentialStatus:
        """Stores a connection's credentials, replacing earlier ones. Raises Forbidden unless ``by`` is an owner,
        NotFound for an unknown connection, and InvalidInput if they have expired."""
        check_owner(by, "changes credentials")
        now = self.clock()
        if expires_at is not None and expires_at <= now:
            raise InvalidInput("Credentials that have expired already are of no use: leave expires_at out, or mend it.")
        text = credential.model_dump_json()
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            await store.connectors.get(session, by.workspace, connection)
            row = await store.credentials.put(
                session,
                CredentialRow(
                    workspace=by.workspace,
                    connection=connection,
                    kind=credential.type,
                    sealed=self.box.seal(text.encode(), context=_make_context(by.workspace, connection)),
                    expires_at=expires_at,
                    created_at=now,
                    changed_at=now,
                ),
            )
            await recorder.record_act(
                session, by, EntryType.CREDENTIAL_SET, now, connection=connection, credential=credential.type
            )
            await in_transaction(session, _make_status(row))
        return _make_status(row)

    async def remove(
        self, by: Actor, connection: str, *, in_transaction: TransactionHook[CredentialStatus] = no_hook
    ) -> CredentialStatus:
        """Deletes a connection's credentials. Returns their last status. Raises Forbidden, NotFound."""
        check_owner(by, "changes credentials")
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
            row = await store.credentials.get(session, by.workspace, connection)
            await store.credentials.remove(session, by.workspace, connection)
            await in_transaction(session, _make_status(row))
            await recorder.record_act(session, by, EntryType.CREDENTIAL_REMOVED, self.clock(), connection=connection)
        return _make_status(row)

    async def list_statuses(self, workspace: str) -> Sequence[CredentialStatus]:
        """What may be shown of every credential, by connection."""
        async with self.database.read() as session:
            return [_make_status(row) for row in await store.credentials.listed(session, workspace)]

    async def get_status(self, workspace: str, connection: str) -> CredentialStatus | None:
        """What may be shown of a connection's credentials. None if it has none."""
        async with self.database.read() as session:
            row = await store.credentials.find(session, workspace, connection)
        return None if row is None else _make_status(row)

    # ── used ─────────────────────────────────────────────────────────────────────────────────────────────────────────

    async def apply(self, workspace: str, connection: str, url: str, *, fresh: bool = False) -> AppliedCredentials:
        """What the connection's request to ``url`` carries. Empty if it has no credentials. ``fresh`` means that the
        last access token was refused, so a new one is fetched. Raises ConnectionMoved if the connection is at another
        address by now, CredentialsRefused, and Unavailable if a token endpoint does not answer."""
        async with self.database.read() as session:
            row = await store.credentials.find(session, workspace, connection)
            if row is None:
                return NO_CREDENTIALS
            # Read after the credentials: a connection that moves loses them, so these belong to this address or to an
            # earlier one.
            await _check_address(session, workspace, connection, url)
        credential = self._open(row)
        if isinstance(credential, OAuthClient | OAuthRefresh):
            token = await self._get_token(row, credential, fresh=fresh)
            if token is None:
                return await self.apply(workspace, connection, url, fresh=fresh)
            secrets = (token.token, token.refresh_token, credential.client_secret)
            line = f"{token.prefix} {token.token}"
            applied = AppliedCredentials(
                headers=(("authorization", line),), secrets=tuple(each for each in secrets if each), renewable=True
            )
        else:
            applied = credential.apply()
        await self._note(row)
        return applied

    def make_reader(self, workspace: str, connection: str, base_url: str) -> CredentialSource:
        """The function that a connection's reads at ``base_url`` call to get its credentials."""

        async def ask(fresh: bool) -> AppliedCredentials:
            try:
                return await self.apply(workspace, connection, base_url, fresh=fresh)
            except CredentialsRefused as error:
                raise PlatformUnavailable(f"The credentials of {connection} can't be used. {error}") from error
            except ConnectionMoved as error:
                raise PlatformUnavailable(str(error)) from error

        return ask

    async def record_refused(self, workspace: str, connection: str) -> None:
        """Records that the platform refused the connection's credentials."""
        async with self.database.begin() as session:
            await store.credentials.mark(session, workspace, connection, refused_at=self.clock())

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _open(self, row: CredentialRow) -> Credential:
        try:
            text = self.box.open(row.sealed, context=_make_context(row.workspace, row.connection))
            return read_credential(json.loads(text))
        except (BadSetting, InvalidInput, ValueError) as error:
            why = error.detail if isinstance(error, BadSetting) else "they can't be read."
            raise CredentialsRefused(f"The stored credentials can't be used: {why}") from error

    async def _get_token(
        self, row: CredentialRow, credential: OAuthClient | OAuthRefresh, *, fresh: bool
    ) -> AccessToken | None:
        """A valid access token. With ``fresh``, it is not the one stored in ``row``. None if the ``credential`` was
        replaced meanwhile: no token of the earlier one may be kept with the new one."""
        known = self._open_kept_token(row)
        if known is not None and known.good_at(self.clock()) and not fresh:
            return known
        async with self._locks.setdefault((row.workspace, row.connection), asyncio.Lock()):
            first = row
            for wait_s in (*WAITS_S, None):
                async with self.database.begin() as session:
                    found = await store.credentials.find(session, first.workspace, first.connection)
                    if found is None or found.sealed != first.sealed:
                        return None
                    row = found
                    known = self._open_kept_token(row)
                    if (
                        known is not None
                        and known.good_at(self.clock())
                        and not (fresh and row.sealed_token == first.sealed_token)
                    ):
                        return known  # another task or process fetched it meanwhile
                    now = self.clock()
                    mine = await store.credentials.claim_renewal(session, row, now, now + RENEWAL)
                if mine:
                    return await self._renew(row, credential, known)
                if wait_s is None:
                    break
                await asyncio.sleep(wait_s)
        raise Unavailable("Another process is getting an access token, and has not got it yet.")

    async def _renew(
        self, row: CredentialRow, credential: OAuthClient | OAuthRefresh, known: AccessToken | None
    ) -> AccessToken:
        sealed: str | None = None
        try:
            newest = known.refresh_token if known is not None else ""
            token = await fetch_token(credential, self.tokens, self.clock(), newest)
            sealed = self.box.seal(
                json.dumps(token.as_json()).encode(), context=_make_token_context(row.workspace, row.connection)
            )
            return token
        finally:
            async with self.database.begin() as session:
                await store.credentials.keep_token(session, row, sealed)

    def _open_kept_token(self, row: CredentialRow) -> AccessToken | None:
        if row.sealed_token is None:
            return None
        try:
            text = self.box.open(row.sealed_token, context=_make_token_context(row.workspace, row.connection))
            return AccessToken.of_json(json.loads(text))
        except (BadSetting, ValueError, KeyError):
            return None

    async def _note(self, row: CredentialRow) -> None:
        """Records the last use, to the minute. Clears an earlier refusal; it is set again if the platform refuses
        again."""
        now = self.clock()
        if row.refused_at is None and row.last_used_at is not None and now - row.last_used_at < NOTED_EVERY:
            return
        async with self.database.begin() as session:
            await store.credentials.mark(session, row.workspace, row.connection, last_used_at=now, refused_at=None)


async def _check_address(session: AsyncSession, workspace: str, connection: str, url: str) -> None:
    """Raises ConnectionMoved unless ``url`` is the address of an enabled connection, or below it."""
    rows = [each for each in await store.connectors.listed(session, workspace) if each.name == connection]
    bases = [each.base_url.rstrip("/") for each in rows if each.enabled]
    if not any(url.rstrip("/") == base or url.startswith(base + "/") for base in bases):
        raise ConnectionMoved(
            f"The connection “{connection}” is at another address by now, and its credentials go nowhere else."
        )


def _make_status(row: CredentialRow) -> CredentialStatus:
    return CredentialStatus(
        row.connection,
        row.kind,
        KINDS.get(row.kind, row.kind),
        row.created_at,
        row.changed_at,
        row.expires_at,
        row.last_used_at,
        row.refused_at,
    )


def _make_context(workspace: str, connection: str) -> str:
    return f"credential:{workspace}:{connection}"


def _make_token_context(workspace: str, connection: str) -> str:
    return f"credential-token:{workspace}:{connection}"
