"""Workspace administration: creates a workspace, and manages its members, connectors, contracts and keys. Every act is
an entry in AI History."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.api_keys
import store.accounts.members
import store.connectors
import store.contracts
import store.credentials
import store.workspaces
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.sending.action_secrets import ActionSecrets, origin
from agent.workspace import roles
from agent.workspace.context import WorkspaceContexts
from agent.workspace.key_registration import ways_around
from core import canon, ids
from core.actor import OWNER, Actor, Mode
from core.clock import Clock
from core.crypto import passwords
from core.crypto.secretbox import SecretBox
from core.errors import Conflict, Finding, Forbidden, InvalidContract, InvalidInput, NotAuthentic
from registry import signing
from registry.connection_contracts import of_connection, succeeding
from registry.connector import WEBHOOK_SECRET
from registry.contract import Contract, Endpoint, parse
from registry.linting import linter
from store.accounts.api_keys import KeyRow
from store.accounts.members import MemberRow
from store.connectors import ConnectorRow
from store.contracts import ContractRow, SigningKeyRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook
from store.workspaces import WorkspaceRow

KEY_OVERLAP: Final = timedelta(hours=24)
"""How long a rotated secret stays good."""
_CONNECTION: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True)
class Registered:
    """A registered contract. ``fresh`` is False when this very version existed already. ``secret``: the endpoint's, if
    made now."""

    contract: Contract
    fresh: bool
    secret: str | None = None


@dataclass(frozen=True)
class IssuedKey:
    """A key with its secret, which is shown this once."""

    row: KeyRow
    secret: str


@dataclass(frozen=True)
class WorkspaceAdmin:
    database: Database
    contexts: WorkspaceContexts
    action_secrets: ActionSecrets
    box: SecretBox
    clock: Clock

    async def create_workspace(self, name: str, *, email: str, person: str, password: str) -> Actor:
        """A new workspace with its first owner and a signing key of its own."""
        now = self.clock()
        workspace = ids.new("ws")
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
                    sealed_private=self.box.seal(key.private, context=_key_context(workspace, key.kid)),
                ),
            )
            owner = await self._add(session, workspace, email, person, OWNER, password)
            actor = actor_of(owner)
            await recorder.record_act(session, actor, EntryType.WORKSPACE_CREATED, now, name=name, signing_key=key.kid)
        return actor

    async def add_member(self, by: Actor, *, email: str, person: str, role: str, password: str) -> Actor:
        """Raises Forbidden unless ``by`` is an owner, InvalidInput for a weak password, Conflict for a known
        address."""
        _owner(by, "adds members")
        async with self.database.begin() as session:
            member = await self._add(session, by.workspace, email, person, role, password)
            await recorder.record_act(
                session, by, EntryType.MEMBER_ADDED, self.clock(), member=member.id, role=role, email=email
            )
        return actor_of(member)

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
        """Make a connection or configure it anew. ``connector`` is whose it is: the one of its name, unless that is
        given. Its action calls are signed with ``secrets["action_secret"]`` where that is given; one that it replaces
        signs beside it for a day. What its webhooks are signed with stays unless it is given. Raises ConnectorBroken,
        BadSetting, InvalidInput for a name that can't be one, Conflict for a connection of another connector."""
        _owner(by, "configures connectors")
        if not _CONNECTION.fullmatch(name):
            detail = "A connection is named in lower-case letters, digits and underscores, such as shop_berlin."
            raise InvalidInput(detail, findings=[Finding("/name", "invalid", detail)])
        now, of = self.clock(), connector or name
        if connector is not None and name != connector and name in self.contexts.discovered:
            raise Conflict(f"{name} is the name of another connector: call this connection otherwise.")
        self.contexts.connector(of, base_url, dict(secrets), connection=name, options=options)
        async with self.database.begin() as session:
            there = next((r for r in await store.connectors.listed(session, by.workspace) if r.name == name), None)
            if there is not None and there.of != of:
                raise Conflict(f"{name} is a connection of {there.of} already: call this one otherwise.")
            sealed = await self._sealed(session, by.workspace, name, secrets)
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
            elsewhere = there is None or origin(there.base_url) != origin(base_url)
            if elsewhere and await store.credentials.forget(session, by.workspace, name):
                # They were given for the platform at the address before: nobody else is sent them.
                await recorder.record_act(session, by, EntryType.CREDENTIAL_REMOVED, now, connection=name)
            told = {"of": of} if of != name else {}
            await recorder.record_act(
                session, by, EntryType.CONNECTOR_CONFIGURED, now, connector=name, base_url=base_url, **told
            )
            if "action_secret" in secrets:
                await self.action_secrets.adopt(session, by.workspace, base_url, secrets["action_secret"])
            await in_transaction(session, row)

    async def proposed(self, by: Actor, name: str) -> Sequence[Contract]:
        """The contracts that a connection's connector proposes, each as what would be signed now: the one in force
        where it says the same, else of the next version."""
        context = await self.contexts.of(by.workspace)
        made: list[Contract] = []
        for each in context.connectors:
            if each.connection == name:
                own = [of_connection(contract, each.name, name) for contract in each.register_actions()]
                made += [succeeding(contract, context.catalogue.get(contract.name)) for contract in own]
        return made

    async def register(
        self, by: Actor, values: Sequence[Any], *, in_transaction: TransactionHook[list[Registered]] = no_hook
    ) -> list[Registered]:
        """Lint, sign and register contracts given as decoded JSON: all of them or none. Raises InvalidContract with
        every finding.

        ``in_transaction``, here and below, is done in the transaction of the change itself.
        """
        _owner(by, "signs contracts")
        contracts = [value if isinstance(value, Contract) else parse(value) for value in values]
        catalogue = (await self.contexts.of(by.workspace)).catalogue
        addresses = catalogue.addresses or {}
        findings = linter.lint(
            [json.loads(contract.canonical) for contract in contracts],
            known=[each.name for each in catalogue],
            connections=addresses,
        )
        faults = [finding for finding in findings if not linter.is_advice(finding)]
        if faults:
            raise InvalidContract("Not registered: mend these first.", findings=faults)
        if by.kind == "key":
            async with self.database.read() as session:
                there = await store.contracts.every_version(session, by.workspace)
            beyond = list(ways_around(contracts, there, addresses))
            if beyond:
                raise Forbidden(beyond[0].detail, findings=beyond)
        now = self.clock()
        made: list[Registered] = []
        async with self.database.begin() as session:
            keys = await store.contracts.signing_keys(session, by.workspace)
            key_row = next((row for row in keys if row.retired_at is None), None)
            if key_row is None:
                raise NotAuthentic(
                    "This workspace has no signing key that OpsIQ made. Whoever runs the server should run `opsiq "
                    "doctor`."
                )
            private = self.box.open(key_row.sealed_private, context=_key_context(by.workspace, key_row.kid))
            key = signing.SigningKey.of_private(private)
            for contract in contracts:
                row = ContractRow(
                    workspace=by.workspace,
                    name=contract.name,
                    version=contract.version,
                    raw=contract.canonical,
                    signature=signing.sign(contract.canonical, key),
                    digest=contract.digest,
                    state="active",
                    registered_by=by.id,
                    created_at=now,
                    changed_at=now,
                )
                fresh = await store.contracts.register(session, row)
                if fresh:
                    await recorder.record_act(
                        session,
                        by,
                        EntryType.CONTRACT_REGISTERED,
                        now,
                        contract=contract.name,
                        version=contract.version,
                        digest=contract.digest,
                        kid=key_row.kid,
                    )
                endpoint = contract.endpoint
                secret = (
                    await self.action_secrets.ensure_within(session, by.workspace, endpoint.url)
                    if isinstance(endpoint, Endpoint)
                    else None
                )
                made.append(Registered(contract, fresh, secret))
            await in_transaction(session, made)
        return made

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
        """A key that acts as ``role`` (by default the maker's own) and counts as its maker: nobody makes a second
        person for themself. Nothing that a key of ``mode`` test asks for is sent. The secret is answered here, once.
        Raises Forbidden for a role that is not the maker's, unless an owner makes it, and InvalidInput for one that
        there is not."""
        if role is not None and role != by.role:
            _owner(by, "makes keys of another role")
            await roles.check_role(self.contexts, self.database, by.workspace, role)
        public = f"pk_{mode}_{secrets.token_urlsafe(18)}"
        secret = _new_secret(mode)
        now = self.clock()
        row = KeyRow(
            id=ids.new("key"),
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
        """A fresh secret; the one before it stays good for a day. Raises NotFound, Conflict, and Forbidden for a key
        that may more than ``within``: its secret would be a way to more than the caller has."""
        _owner(by, "rotates keys")
        now = self.clock()
        async with self.database.begin() as session:
            there = await store.accounts.api_keys.get(session, by.workspace, key_id)
            beyond = sorted(set(there.scopes.split()) - set(within))
            if beyond:
                raise Forbidden(f"That key has scopes which this one lacks: {', '.join(beyond)}.")
            secret = _new_secret(there.mode)
            sealed = self.box.seal(secret.encode(), context=f"key:{there.public}")
            row = await store.accounts.api_keys.rotate(
                session, by.workspace, key_id, was=there.sealed, sealed=sealed, previous_until=now + KEY_OVERLAP
            )
            await recorder.record_act(session, by, EntryType.KEY_ROTATED, now, key=row.public, name=row.name)
            await in_transaction(session, IssuedKey(row, secret))
        return IssuedKey(row, secret)

    async def revoke_key(self, by: Actor, key_id: str, *, in_transaction: TransactionHook[KeyRow] = no_hook) -> KeyRow:
        """Revoke a key: it signs nothing from now on. Raises NotFound."""
        _owner(by, "revokes keys")
        now = self.clock()
        async with self.database.begin() as session:
            row = await store.accounts.api_keys.revoke(session, by.workspace, key_id, now)
            await recorder.record_act(session, by, EntryType.KEY_REVOKED, now, key=row.public, name=row.name)
            await in_transaction(session, row)
        return row

    async def retire(
        self, by: Actor, name: str, *, in_transaction: TransactionHook[ContractRow] = no_hook
    ) -> ContractRow:
        """Retire a contract: nobody is offered it from now on. Held cards that rest on it drift."""
        _owner(by, "retires contracts")
        async with self.database.begin() as session:
            row = await store.contracts.retire(session, by.workspace, name)
            await recorder.record_act(
                session, by, EntryType.CONTRACT_RETIRED, self.clock(), contract=name, version=row.version
            )
            await in_transaction(session, row)
        return row

    async def suspend(
        self,
        by: Actor,
        name: str,
        version: int,
        reason: Mapping[str, Any],
        *,
        in_transaction: TransactionHook[ContractRow] = no_hook,
    ) -> ContractRow:
        """Suspend a contract whose upstream is no longer what was signed: nobody is offered it, and what was held or
        confirmed is not sent, until an owner has looked. ``reason`` tells what changed (operation, change, details).
        Raises NotFound where this version is not in force."""
        if by.kind != "system":
            _owner(by, "suspends contracts")
        text = canon.dumps(_shortened(reason)).decode()
        async with self.database.begin() as session:
            row = await store.contracts.suspend(session, by.workspace, name, version, text)
            await recorder.record_act(
                session, by, EntryType.CONTRACT_SUSPENDED, self.clock(), contract=name, version=version, reason=text
            )
            await in_transaction(session, row)
        return row

    async def reinstate(
        self, by: Actor, name: str, *, in_transaction: TransactionHook[ContractRow] = no_hook
    ) -> ContractRow:
        """Put a suspended contract in force again, as it was signed. Raises NotFound where it is not suspended."""
        _owner(by, "puts contracts in force again")
        async with self.database.begin() as session:
            row = await store.contracts.reinstate(session, by.workspace, name, was="suspended")
            await recorder.record_act(
                session,
                by,
                EntryType.CONTRACT_REINSTATED,
                self.clock(),
                contract=name,
                version=row.version,
                digest=row.digest,
            )
            await in_transaction(session, row)
        return row

    async def _sealed(self, session: AsyncSession, workspace: str, name: str, given: Mapping[str, str]) -> str:
        context = f"connector:{workspace}:{name}"
        there = next((row for row in await store.connectors.listed(session, workspace) if row.name == name), None)
        held: dict[str, str] = json.loads(self.box.open(there.sealed_secrets, context=context)) if there else {}
        stays = {} if WEBHOOK_SECRET in given else {k: v for k, v in held.items() if k.startswith(WEBHOOK_SECRET)}
        return self.box.seal(json.dumps({**stays, **given}).encode(), context=context)

    async def _add(self, session: Any, workspace: str, email: str, person: str, role: str, password: str) -> MemberRow:
        row = MemberRow(
            id=ids.new("mem"),
            workspace=workspace,
            email=email,
            name=person,
            role=role,
            password_hash=passwords.hash_password(password),
            state="active",
            created_at=self.clock(),
        )
        return await store.accounts.members.insert(session, row)


def actor_of(member: MemberRow) -> Actor:
    return Actor(member.workspace, member.id, "member", member.name, member.role, member.id)


def _new_secret(mode: str) -> str:
    return f"sk_{mode}_{secrets.token_urlsafe(32)}"


def _owner(by: Actor, does: str) -> None:
    if by.role != OWNER:
        raise Forbidden(f"Only an owner {does}; you are {by.role}.")


def _key_context(workspace: str, kid: str) -> str:
    return f"contract-key:{workspace}:{kid}"


def _shortened(reason: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a reason: text alone, and not more than a page shows."""
    details, document = reason.get("details"), reason.get("document")
    return {
        **({"document": str(document)[:100]} if document else {}),
        "operation": str(reason.get("operation", ""))[:300],
        "change": str(reason.get("change", ""))[:40],
        "details": [str(each)[:300] for each in details[:50]] if isinstance(details, list | tuple) else [],
    }
