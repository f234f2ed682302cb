"""Workspace administration: creates workspaces, members and connections. Each change is recorded in AI History.

``contract_admin`` and ``key_admin`` do the same for contracts and API keys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.members
import store.connectors
import store.contracts
import store.credentials
import store.workspaces
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.sending.action_secrets import ActionSecrets, find_origin
from agent.workspace import principals
from agent.workspace.context import WorkspaceContexts
from agent.workspace.contract_admin import make_signing_key_context
from core import ids
from core.actor import OWNER, Actor, check_owner
from core.clock import Clock
from core.crypto import passwords
from core.crypto.secretbox import SecretBox
from core.errors import Conflict, Finding, InvalidInput
from registry import signing
from registry.connector import WEBHOOK_SECRET
from store.accounts.members import MemberRow
from store.connectors import ConnectorRow
from store.contracts import SigningKeyRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook
from store.workspaces import WorkspaceRow

_CONNECTION: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class WorkspaceAdmin:
    """Creates workspaces, members and connections. ``box`` seals their secrets."""

    database: Database
    contexts: WorkspaceContexts
    action_secrets: ActionSecrets
    box: SecretBox
    clock: Clock

    async def create_workspace(self, name: str, *, email: str, person: str, password: str) -> Actor:
        """Creates a workspace with its first owner and its own signing key."""
        now = self.clock()
        workspace = ids.make_id("ws")
        key = signing.generate_key()
        async with self.database.begin() as session:
            await store.workspaces.insert(session, WorkspaceRow(id=workspace, name=name, created_at=now))
            await store.contracts.add_signing_key(
                session,
                SigningKeyRow(
                    workspace=workspace,
                    kid=key.kid,
                    public=key.public,
                    created_at=now,
                    sealed_private=self.box.seal(key.private, context=make_signing_key_context(workspace, key.kid)),
                ),
            )
            owner = await self._add(session, workspace, email, person, OWNER, password)
            actor = make_owner(owner)
            await recorder.record_act(session, actor, EntryType.WORKSPACE_CREATED, now, name=name, signing_key=key.kid)
        return actor

    async def add_member(self, by: Actor, *, email: str, person: str, role: str, password: str) -> Actor:
        """Adds a member with a password. Raises Forbidden unless ``by`` is an owner, InvalidInput for a weak password,
        Conflict for a known address."""
        check_owner(by, "adds members")
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
            member = await self._add(session, by.workspace, email, person, role, password)
            await recorder.record_act(
                session, by, EntryType.MEMBER_ADDED, self.clock(), member=member.id, role=role, email=email
            )
        return make_owner(member)

    async def connect(
        self,
        by: Actor,
        name: str,
        base_url: str,
        secrets: Mapping[str, str],
        *,
        connector: str | None = None,
        options: Mapping[str, str] | None = None,
        in_transaction: TransactionHook[ConnectorRow] = no_hook,
    ) -> None:
        """Creates a connection or reconfigures an existing one. ``connector`` is the connector's name, by default the
        same as ``name``.

        ``secrets["action_secret"]`` signs the connection's action calls. The secret that it replaces also signs them
        for one more day. The webhook secret stays as it is unless a new one is given.

        Raises ConnectorBroken, BadSetting, InvalidInput for an invalid name, and Conflict if the name belongs to
        another connector.
        """
        check_owner(by, "configures connectors")
        if not _CONNECTION.fullmatch(name):
            detail = "A connection is named in lower-case letters, digits and underscores, such as shop_berlin."
            raise InvalidInput(detail, findings=[Finding("/name", "invalid", detail)])
        now, of = self.clock(), connector or name
        if connector is not None and name != connector and name in self.contexts.discovered:
            raise Conflict(f"{name} is the name of another connector: call this connection otherwise.")
        self.contexts.build_connector(of, base_url, dict(secrets), connection=name, options=options)
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            there = next((r for r in await store.connectors.listed(session, by.workspace) if r.name == name), None)
            if there is not None and there.of != of:
                raise Conflict(f"{name} is a connection of {there.of} already: call this one otherwise.")
            sealed = await self._seal(session, by.workspace, name, secrets)
            row = ConnectorRow(
                workspace=by.workspace,
                name=name,
                base_url=base_url,
                sealed_secrets=sealed,
                enabled=True,
                created_at=now,
                updated_at=now,
                connector=of if of != name else None,
                options=json.dumps(dict(options), sort_keys=True) if options else None,
            )
            await store.connectors.put(session, row)
            elsewhere = there is None or find_origin(there.base_url) != find_origin(base_url)
            if elsewhere and await store.credentials.forget(session, by.workspace, name):
                # The credentials were given for the old address. They are never sent to another platform.
                await recorder.record_act(session, by, EntryType.CREDENTIAL_REMOVED, now, connection=name)
            told = {"of": of} if of != name else {}
            await recorder.record_act(
                session, by, EntryType.CONNECTOR_CONFIGURED, now, connector=name, base_url=base_url, **told
            )
            if "action_secret" in secrets:
                await self.action_secrets.adopt(session, by.workspace, base_url, secrets["action_secret"])
            await in_transaction(session, row)

    async def _seal(self, session: AsyncSession, workspace: str, name: str, given: Mapping[str, str]) -> str:
        context = f"connector:{workspace}:{name}"
        there = next((row for row in await store.connectors.listed(session, workspace) if row.name == name), None)
        held: dict[str, str] = json.loads(self.box.open(there.sealed_secrets, context=context)) if there else {}
        stays = {} if WEBHOOK_SECRET in given else {k: v for k, v in held.items() if k.startswith(WEBHOOK_SECRET)}
        return self.box.seal(json.dumps({**stays, **given}).encode(), context=context)

    async def _add(self, session: Any, workspace: str, email: str, person: str, role: str, password: str) -> MemberRow:
        row = MemberRow(
            id=ids.make_id("mem"),
            workspace=workspace,
            email=email,
            name=person,
            role=role,
            password_hash=passwords.hash_password(password),
            state="active",
            created_at=self.clock(),
        )
        return await store.accounts.members.insert(session, row)


def make_owner(member: MemberRow) -> Actor:
    return Actor(member.workspace, member.id, "member", member.name, member.role, member.id)
