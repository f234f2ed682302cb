"""Registration limits: an API key can't register a contract that bypasses a person's confirmation.

A platform may have actions that only a person confirms. A key with ``contracts:write`` could register another contract
for the same endpoint that nobody confirms, or a looser new version. Calls to one origin share a signing secret or a
connection's credentials, so the platform would accept them. Origins are compared as they are dialled, however they are
spelled. Such contracts must be signed in the console, with a password.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from core.errors import Finding, InvalidContract
from executors.http.ssrf_guard import find_dialled_origin
from registry.confirmation import ConfirmBy, Policy
from registry.contract import Contract, Endpoint, parse
from store.contracts import ContractRow


def find_ways_around(
    contracts: Sequence[Contract], there: Sequence[ContractRow], addresses: Mapping[str, str]
) -> Iterator[Finding]:
    """Contracts in ``contracts`` that a key may not register. ``there`` is every version that was ever registered here,
    sorted by name and version. ``addresses`` maps connection → base address."""
    known = [contract for row in there if (contract := _read(row)) is not None]
    newest = {each.name: each for each in known}
    guarded = {_place(each, addresses): each for each in known if each.confirm_by is ConfirmBy.PERSON}
    for at, each in enumerate(contracts):
        guard, before = guarded.get(_place(each, addresses)), newest.get(each.name)
        if guard is None or _always_by_person(each, before) or _no_looser(each, before):
            continue
        detail = (
            f"Only a person confirms {guard.name!r}, whose calls go to the same place. What a key registers there "
            f"is always confirmed by a "
            "person, or is a new version with the same address and a confirmation that is no looser. Sign this "
            "one in the console."
        )
        yield Finding(f"/contracts/{at}", "person_required", detail)


def _always_by_person(contract: Contract, before: Contract | None) -> bool:
    asked = contract.confirmation
    enough = before is None or asked.approvals >= before.confirmation.approvals
    return contract.confirm_by is ConfirmBy.PERSON and asked.policy is Policy.ALWAYS and enough


def _no_looser(contract: Contract, before: Contract | None) -> bool:
    """Whether it is a new version with the same address and a confirmation that is no looser. If anyone may confirm the
    earlier version, always asking is strict enough."""
    if before is None or not _same_endpoint(contract, before):
        return False
    asked, was = contract.confirmation, before.confirmation
    if asked.approvals < was.approvals or (
        before.confirm_by is ConfirmBy.PERSON and contract.confirm_by is not ConfirmBy.PERSON
    ):
        return False
    kept = contract.risk is before.risk and asked.policy is was.policy and asked.condition == was.condition
    return kept or (asked.policy is Policy.ALWAYS and before.confirm_by is ConfirmBy.ANYONE)


def _place(contract: Contract, addresses: Mapping[str, str]) -> str:
    """Where calls go: an origin, or a connection that has no address yet."""
    endpoint = contract.endpoint
    if endpoint.connection is not None:
        base = addresses.get(endpoint.connection)
        return f"connection {endpoint.connection}" if base is None else find_dialled_origin(base)
    return find_dialled_origin(endpoint.url)


def _same_endpoint(contract: Contract, before: Contract) -> bool:
    mine, theirs = contract.endpoint, before.endpoint
    if isinstance(mine, Endpoint) and isinstance(theirs, Endpoint):
        return mine.url == theirs.url
    return mine == theirs


def _read(row: ContractRow) -> Contract | None:
    try:
        return parse(json.loads(row.raw))
    except (ValueError, InvalidContract):  # such a contract can't be used either
        return None
