"""Contract administration: registers, retires, suspends and reinstates contracts. Each change is recorded in AI
History."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import store.contracts
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.sending.action_secrets import ActionSecrets
from agent.workspace import principals
from agent.workspace.context import WorkspaceContexts
from agent.workspace.registration_limits import find_ways_around
from core import canon
from core.actor import Actor, check_owner
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from core.errors import Forbidden, InvalidContract, NotAuthentic
from registry import signing
from registry.connection_contracts import bind_contract, make_successor
from registry.contract import Contract, Endpoint, parse
from registry.linting import linter
from store.contracts import ContractRow
from store.database import Database
from store.transaction_hook import TransactionHook, no_hook


@dataclass(frozen=True)
class Registered:
    """A registered contract. ``fresh`` is False if it was in force already. ``secret`` is the endpoint's, if it was
    made now."""

    contract: Contract
    fresh: bool
    secret: str | None = None


@dataclass(frozen=True)
class ContractAdmin:
    """Changes which contracts a workspace has in force. ``box`` holds the key that signs them."""

    database: Database
    contexts: WorkspaceContexts
    action_secrets: ActionSecrets
    box: SecretBox
    clock: Clock

    async def propose(self, by: Actor, name: str) -> Sequence[Contract]:
        """The contracts that a connection's connector proposes, as they would be signed now. If the contract in force
        says the same, it is returned. Else the proposal gets the version after the newest one, in any state."""
        context = await self.contexts.of(by.workspace)
        made: list[Contract] = []
        for each in context.connectors:
            if each.connection == name:
                own = [bind_contract(contract, each.name, name) for contract in each.register_actions()]
                async with self.database.read() as session:
                    newest = await store.contracts.newest_versions(session, by.workspace, [one.name for one in own])
                made += [make_successor(one, context.catalogue.get(one.name), newest.get(one.name, 0)) for one in own]
        return made

    async def register(
        self, by: Actor, values: Sequence[Any], *, in_transaction: TransactionHook[list[Registered]] = no_hook
    ) -> list[Registered]:
        """Lints, signs and registers contracts given as decoded JSON, all or none. Raises InvalidContract with every
        finding.

        ``in_transaction``, here and below, runs in the transaction of the change.
        """
        check_owner(by, "signs contracts")
        catalogue = (await self.contexts.of(by.workspace)).catalogue
        addresses = catalogue.addresses or {}
        # A hundred large contracts take a second of CPU. A thread keeps the server responsive.
        contracts = await asyncio.to_thread(_read_sound, values, [each.name for each in catalogue], addresses)
        if by.kind == "key":
            async with self.database.read() as session:
                there = await store.contracts.every_version(session, by.workspace)
            beyond = list(find_ways_around(contracts, there, addresses))
            if beyond:
                raise Forbidden(beyond[0].detail, findings=beyond)
        now = self.clock()
        made: list[Registered] = []
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, now)
            keys = await store.contracts.signing_keys(session, by.workspace)
            key_row = next((row for row in keys if row.retired_at is None), None)
            if key_row is None:
                raise NotAuthentic(
                    "This workspace has no signing key that OpsIQ made. Whoever runs the server should run `opsiq "
                    "doctor`."
                )
            private = self.box.open(key_row.sealed_private, context=make_signing_key_context(by.workspace, key_row.kid))
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

    async def retire(
        self, by: Actor, name: str, *, in_transaction: TransactionHook[ContractRow] = no_hook
    ) -> ContractRow:
        """Retires a contract: it is no longer offered. Nobody can confirm held cards that depend on it."""
        check_owner(by, "retires contracts")
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
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
        """Suspends a contract whose upstream is no longer what was signed. It is no longer offered, and held or
        confirmed calls are not sent until an owner has reviewed it. ``reason`` says what changed (operation, change,
        details). Raises NotFound if this version is not in force."""
        if by.kind != "system":
            check_owner(by, "suspends contracts")
        text = canon.dumps(_shorten(reason)).decode()
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
            row = await store.contracts.suspend(session, by.workspace, name, version, text)
            await recorder.record_act(
                session, by, EntryType.CONTRACT_SUSPENDED, self.clock(), contract=name, version=version, reason=text
            )
            await in_transaction(session, row)
        return row

    async def reinstate(self, by: Actor, name: str) -> ContractRow:
        """Puts a suspended contract in force again, as it was signed. Raises NotFound if it is not suspended."""
        check_owner(by, "puts contracts in force again")
        async with self.database.begin() as session:
            await principals.check_still_acts(session, by, self.clock())
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
        return row


def _read_sound(values: Sequence[Any], known: Sequence[str], addresses: Mapping[str, str]) -> list[Contract]:
    """Parses and lints the contracts. Raises InvalidContract with every finding."""
    contracts = [value if isinstance(value, Contract) else parse(value) for value in values]
    given = [json.loads(contract.canonical) for contract in contracts]
    findings = linter.lint(given, known=known, connections=addresses)
    faults = [finding for finding in findings if not linter.is_advice(finding)]
    if faults:
        raise InvalidContract("Not registered: mend these first.", findings=faults)
    return contracts


def make_signing_key_context(workspace: str, kid: str) -> str:
    return f"contract-key:{workspace}:{kid}"


def _shorten(reason: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a reason that is stored: text only, and no more than a page shows."""
    details, document = reason.get("details"), reason.get("document")
    return {
        **({"document": str(document)[:100]} if document else {}),
        "operation": str(reason.get("operation", ""))[:300],
        "change": str(reason.get("change", ""))[:40],
        "details": [str(each)[:300] for each in details[:50]] if isinstance(details, list | tuple) else [],
    }
