"""API key administration: makes, rotates and revokes keys. Each change is recorded in AI History."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import store.accounts.api_keys
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace import principals, roles
from agent.workspace.context import WorkspaceContexts
from core import ids
from core.actor import Actor, Mode, check_owner
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from core.errors import Forbidden
from store.accounts.api_keys import KeyRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook

KEY_OVERLAP: Final = timedelta(hours=24)
"""How long a rotated secret stays valid."""
NOT_YOURS: Final = (
    "Another member made this key, and with its secret you would act for them. Revoke it, and make your own."
)


@dataclass(frozen=True)
class IssuedKey:
    """A key with its secret. The secret is shown only now."""

    row: KeyRow
    secret: str


@dataclass(frozen=True)
class KeyAdmin:
    """Makes, rotates and revokes API keys. ``box`` seals their secrets."""

    database: Database
    contexts: WorkspaceContexts
    box: SecretBox
    clock: Clock

    async def create_key(
        self,
        by: Actor,
        name: str,
        *,
        scopes: Collection[str],
        role: str | None = None,
        mode: Mode = "test",
        expires_at: datetime | None = None,
        in_transaction: TransactionHook[IssuedKey] = no_hook,
    ) -> tuple[KeyRow, str]:
        """Makes a key that acts as ``role``, by default the maker's own, and counts as its maker. So nobody can make a
        second person for themself. Nothing that a key of mode ``test`` asks for is sent. Returns the key and its
        secret, which is not shown again.

        Raises Forbidden for a role other than the maker's unless the maker is an owner, and InvalidInput for an unknown
        role.
        """
        if role is not None and role != by.role:
            check_owner(by, "makes keys of another role")
            await roles.check_role(self.contexts, self.database, by.workspace, role)
        public = f"pk_{mode}_{secrets.token_urlsafe(18)}"
        secret = _make_secret(mode)
        now = self.clock()
        row = KeyRow(
            id=ids.make_id("key"),
            workspace=by.workspace,
            public=public,
            mode=mode,
            name=name,
            role=role or by.role,
            person=by.person,
            scopes=" ".join(sorted(scopes)),
            sealed=self.box.seal(secret.encode(), context=f"key:{public}"),
            created_at=now,
            expires_at=expires_at,
        )
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            row = await store.accounts.api_keys.insert(session, row)
            await recorder.record_act(
                session,
                by,
                EntryType.KEY_CREATED,
                now,
                key=public,
                name=name,
                role=row.role,
                scopes=sorted(scopes),
                person=row.person,
                key_mode=mode,
            )
            await in_transaction(session, IssuedKey(row, secret))
        return row, secret

    async def rotate_key(
        self, by: Actor, key_id: str, *, within: Collection[str], in_transaction: TransactionHook[IssuedKey] = no_hook
    ) -> IssuedKey:
        """Gives a key a new secret. The old one remains valid for a day. Raises NotFound, Conflict, and Forbidden for a
        key that acts for somebody else or has scopes beyond ``within``: its secret would give the caller more than
        they have."""
        check_owner(by, "rotates keys")
        now = self.clock()
        async with self.database.read() as session:  # read first: of two rotations at once, one conflicts
            was = (await store.accounts.api_keys.get(session, by.workspace, key_id)).sealed
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now, key_id)
            there = await store.accounts.api_keys.get(session, by.workspace, key_id)
            if there.person != by.person:
                raise Forbidden(NOT_YOURS)
            beyond = sorted(set(there.scopes.split()) - set(within))
            if beyond:
                raise Forbidden(f"That key has scopes which this one lacks: {', '.join(beyond)}.")
            secret = _make_secret(there.mode)
            sealed = self.box.seal(secret.encode(), context=f"key:{there.public}")
            row = await store.accounts.api_keys.rotate(
                session, by.workspace, key_id, was=was, sealed=sealed, previous_until=now + KEY_OVERLAP
            )
            await recorder.record_act(session, by, EntryType.KEY_ROTATED, now, key=row.public, name=row.name)
            await in_transaction(session, IssuedKey(row, secret))
        return IssuedKey(row, secret)

    async def revoke_key(self, by: Actor, key_id: str, *, in_transaction: TransactionHook[KeyRow] = no_hook) -> KeyRow:
        """Revokes a key: it signs nothing from now on. Raises NotFound."""
        check_owner(by, "revokes keys")
        now = self.clock()
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now, key_id)
            row = await store.accounts.api_keys.revoke(session, by.workspace, key_id, now)
            await recorder.record_act(session, by, EntryType.KEY_REVOKED, now, key=row.public, name=row.name)
            await in_transaction(session, row)
        return row


def _make_secret(mode: str) -> str:
    return f"sk_{mode}_{secrets.token_urlsafe(32)}"
