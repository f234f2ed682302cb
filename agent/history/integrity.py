"""Integrity check of stored data: AI History's chain with its anchors and counts, the codes of rows, and the rights
that rows give.

A code shows a row that something other than OpsIQ wrote. It does not show a row of ours that was restored from an older
copy, or deleted. But every role, end and creation is an entry of AI History, and entries can't be removed unseen. So
the check compares each right that a row gives with what the entries add up to, and reports every difference.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.authenticity
import store.history.log
from agent.history.recorder import EntryType
from core.actor import OWNER
from store.history.entries import HistoryRow
from store.history.log import HistoryFilters
from store.history.verification import ChainAnchor, ChainVerdict
from store.rows import find_authenticator

_KINDS: Final = (
    EntryType.WORKSPACE_CREATED, EntryType.MEMBER_ADDED, EntryType.MEMBER_INVITED, EntryType.MEMBER_JOINED,
    EntryType.MEMBER_ROLE_CHANGED, EntryType.MEMBER_DEACTIVATED, EntryType.MEMBER_REACTIVATED,
    EntryType.IDENTITY_LINKED, EntryType.IDENTITY_UNLINKED, EntryType.KEY_CREATED, EntryType.KEY_REVOKED,
    EntryType.CONTRACT_REGISTERED, EntryType.CONTRACT_RETIRED, EntryType.CONTRACT_SUSPENDED,
    EntryType.CONTRACT_REINSTATED,
)  # fmt: skip


@dataclass
class _Told:
    """What the entries add up to. Members have a role and state, by id. Keys have a role, scopes, person and state, by
    public part. Identities have their member. Contracts in force have a version and digest."""

    members: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    identities: dict[str, dict[str, str]] = field(default_factory=dict)
    contracts: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, kind: str, actor: Mapping[str, Any], data: Mapping[str, Any]) -> None:
        match kind:
            case EntryType.WORKSPACE_CREATED:
                self.members[actor["id"]] = {"role": OWNER, "state": "active"}
            case EntryType.MEMBER_ADDED | EntryType.MEMBER_JOINED:
                self.members[data["member"]] = {"role": data["role"], "state": "active"}
            case EntryType.MEMBER_INVITED:
                self.members[data["member"]] = {"role": data["role"], "state": "invited"}
            case EntryType.MEMBER_ROLE_CHANGED:
                self.members.setdefault(data["member"], {})["role"] = data["role"]
            case EntryType.MEMBER_DEACTIVATED:
                self.members.setdefault(data["member"], {})["state"] = "disabled"
                for key in self.keys.values():
                    if key.get("person") == data["member"]:
                        key["state"] = "revoked"
            case EntryType.MEMBER_REACTIVATED:
                self.members.setdefault(data["member"], {})["state"] = "active"
            case EntryType.KEY_CREATED:
                key = {"role": data["role"], "state": "active"}
                if "scopes" in data:
                    key["scopes"] = " ".join(sorted(data["scopes"]))
                if "person" in data:
                    key["person"] = data["person"]
                self.keys[data["key"]] = key
            case EntryType.KEY_REVOKED:
                self.keys.setdefault(data["key"], {})["state"] = "revoked"
            case EntryType.IDENTITY_LINKED:
                self.identities[f"{data['issuer']} {data['subject']}"] = {"member": data["member"]}
            case EntryType.IDENTITY_UNLINKED:
                self.identities.pop(f"{data['issuer']} {data['subject']}", None)
            case EntryType.CONTRACT_REGISTERED | EntryType.CONTRACT_REINSTATED:
                self.contracts[data["contract"]] = {"version": str(data["version"]), "digest": data["digest"]}
            case EntryType.CONTRACT_RETIRED | EntryType.CONTRACT_SUSPENDED:
                self.contracts.pop(data["contract"], None)


async def find_differences(session: AsyncSession, workspace: str) -> list[str]:
    """A sentence for each right that differs from what the entries add up to. It is meaningful only if the chain itself
    is sound."""
    told = _Told()
    wanted = HistoryFilters(kinds=tuple(each.value for each in _KINDS))
    async for row in store.history.log.stream(session, workspace, wanted):
        _take(told, row)
    there = await store.history.authenticity.rights(session, workspace)
    found: list[str] = []
    for noun, is_, should in (
        ("member", there.members, told.members),
        ("key", there.keys, told.keys),
        ("identity", there.identities, told.identities),
        ("contract", there.contracts, told.contracts),
    ):
        for name in sorted(is_.keys() | should.keys()):
            found += _compare(noun, name, is_.get(name), should.get(name))
    return found


def _take(told: _Told, row: HistoryRow) -> None:
    try:
        told.take(row.kind, json.loads(row.actor), json.loads(row.data))
    except LookupError:  # an older version recorded less; what it did not record is not compared
        return


def _compare(noun: str, name: str, is_: Mapping[str, str] | None, should: Mapping[str, str] | None) -> list[str]:
    if should is None:
        return [f"The {noun} {name} is there, and no entry tells that it was made or is still in force."]
    if is_ is None:
        return [f"The {noun} {name} was taken out: AI History tells of it, and of no end."]
    return [
        f"The {noun} {name} has the {what} {is_.get(what, '')!r} where AI History comes to {value!r}."
        for what, value in should.items()
        if is_.get(what, "") != value
    ]


async def verify(
    session: AsyncSession, workspace: str, anchor: ChainAnchor | None = None, *, anchors: Sequence[ChainAnchor] = ()
) -> ChainVerdict:
    """Verifies the chain of one workspace. Creating a workspace writes its first entry in the same transaction. So a
    chain without entries has lost them, together with the record of where it ended. Run it in a ``read()`` block."""
    verdict = await store.history.log.verify(session, workspace, anchor, anchors=anchors)
    if verdict.ok and verdict.count == 0:
        why = "There is no entry, and the founding of a workspace is its first: all of it was taken out."
        return ChainVerdict(False, 0, 1, why)
    return verdict


MOST: Final = 50
"""Most problems that are reported in full. The rest are only counted."""


@dataclass(frozen=True, slots=True)
class Report:
    """Result of an integrity check of one workspace. ``verdict`` is about AI History, ``problems`` are sentences about
    everything else. ``checked`` says whether the codes were checked too."""

    verdict: ChainVerdict
    problems: tuple[str, ...]
    checked: bool

    @property
    def ok(self) -> bool:
        return self.verdict.ok and not self.problems

    @property
    def why(self) -> str:
        """Everything that is wrong, as sentences. Empty if nothing is."""
        return " ".join([each for each in (self.verdict.why, *self.problems) if each])


async def examine(
    session: AsyncSession, workspace: str, anchor: ChainAnchor | None = None, *, anchors: Sequence[ChainAnchor] = ()
) -> Report:
    """Checks the integrity of one workspace: chain, anchors, sealed rows. Run it in a ``read()`` block, so that it
    reads one snapshot."""
    verdict = await verify(session, workspace, anchor, anchors=anchors)
    problems = [
        f"The row {each.row} of {each.table} was written by something other than OpsIQ, and is refused."
        for each in await store.history.authenticity.survey(session, workspace)
    ]
    if fault := await store.history.authenticity.generation_fault(session, workspace):
        problems.append(f"No contract is in force: {fault}.")
    if verdict.first_break is None:  # a rewritten history says nothing about rights
        problems += await find_differences(session, workspace)
    if len(problems) > MOST:
        problems = [*problems[:MOST], f"And {len(problems) - MOST} more."]
    return Report(verdict, tuple(problems), find_authenticator(session) is not None)
