"""Catalogue: the contracts of one workspace with verified signatures, each bound to its record kinds. Nothing else can
be offered, chosen or run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from core.actor import Surface
from core.errors import BadSignature, InvalidInput
from registry.contract import Contract
from registry.offers.offer import Offer, make_offer
from registry.records import Kinds
from registry.signing import verify

EVERYTHING: Final = "(all)"
"""Stands for a contract's name in a fault of the whole set if none of its contracts are left."""


@dataclass(frozen=True, slots=True)
class ContractFault:
    """A registered version that can't be used. ``why`` is a sentence without its full stop."""

    name: str
    version: int
    why: str

    def __str__(self) -> str:
        return f"{self.name} v{self.version}: {self.why}"


class Catalogue:
    """An immutable set of verified contracts. The newest version of a name is offered, and older ones are found by
    ``version``.

    A fault in the newest version removes the name from the offers. An older version doesn't return: otherwise a spoilt
    row could undo a tightened contract.
    """

    __slots__ = ("_addresses", "_current", "_faults", "_offered", "_reported", "_versions")

    def __init__(
        self,
        contracts: Iterable[Contract],
        faults: Iterable[ContractFault] = (),
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self._addresses = None if addresses is None else dict(addresses)
        versions: dict[tuple[str, int], Contract] = {}
        current: dict[str, Contract] = {}
        reported = list(faults)
        self._reported = tuple(reported)
        for contract in contracts:
            key = (contract.name, contract.version)
            if versions.setdefault(key, contract).digest != contract.digest:
                reported.append(
                    ContractFault(*key, "two different contracts carry this name and version; retire one of them")
                )
                continue
            newest = current.get(contract.name)
            if newest is None or newest.version < contract.version:
                current[contract.name] = contract
        for fault in reported:
            newest = current.get(fault.name)
            if newest is not None and newest.version <= fault.version:
                del current[fault.name]
        self._versions: Mapping[tuple[str, int], Contract] = versions
        self._current: Mapping[str, Contract] = dict(sorted(current.items()))
        self._faults: Mapping[str, str] = MappingProxyType(
            {fault.name: fault.why for fault in sorted(reported, key=lambda fault: fault.version)}
        )
        self._offered: dict[tuple[str, Surface], tuple[Offer, ...]] = {}

    def __getstate__(self) -> tuple[object, ...]:
        return self._versions, self._current, dict(self._faults), self._addresses

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self._versions, self._current, faults, self._addresses = state
        self._faults, self._offered, self._reported = MappingProxyType(faults), {}, ()

    def __len__(self) -> int:
        return len(self._current)

    def __iter__(self) -> Iterator[Contract]:
        """The current contract of each name, by name."""
        return iter(self._current.values())

    @property
    def faults(self) -> Mapping[str, str]:
        """Contract name → why a registered version of it can't be used (the newest such version)."""
        return self._faults

    @property
    def addresses(self) -> Mapping[str, str] | None:
        """Connection → base address. None if the catalogue belongs to no workspace."""
        return self._addresses

    def address(self, connection: str) -> str | None:
        """The base address of a connection. None if the workspace has no such connection. A catalogue without a
        workspace knows none, so none can be reached."""
        if self._addresses is None:
            return f"https://{connection}.invalid"
        return self._addresses.get(connection)

    def offers(self, role: str, surface: Surface) -> tuple[Offer, ...]:
        """The offers for this role on this surface, by name. Cached: the same question gives the same tuple."""
        key = (role, surface)
        if key not in self._offered:
            self._offered[key] = tuple(
                make_offer(each) for each in self if role in each.roles and surface in each.surfaces
            )
        return self._offered[key]

    def closed(self, role: str, surface: Surface) -> tuple[Offer, ...]:
        """Offers on this surface for other roles only, by name."""
        return tuple(make_offer(each) for each in self if role not in each.roles and surface in each.surfaces)

    def get(self, name: str) -> Contract | None:
        """The offered version of ``name``."""
        return self._current.get(name)

    def bound(self, kinds: Kinds) -> Catalogue:
        """This catalogue with full names for records whose short name is ambiguous. A contract means its own
        connection's kind first. A name that stays ambiguous is a fault of that contract."""
        made: list[Contract] = []
        faults, changed = list(self._reported), False
        for contract in self._versions.values():
            bound = bind(contract, kinds)
            if isinstance(bound, str):
                faults.append(ContractFault(contract.name, contract.version, bound))
            else:
                made.append(bound)
            changed = changed or bound is not contract
        return Catalogue(made, faults, self._addresses) if changed else self

    def version(self, name: str, version: int) -> Contract | None:
        """Exactly this version, current or not."""
        return self._versions.get((name, version))


def refuse_all(rows: Iterable[tuple[str, int]], why: str) -> Catalogue:
    """A catalogue that offers nothing. ``why`` is the fault of every (name, version), or of the set itself if there are
    none."""
    return Catalogue(
        (), [ContractFault(name, version, why) for name, version in rows] or [ContractFault(EVERYTHING, 0, why)]
    )


def load(
    rows: Iterable[tuple[str, int, bytes, str]], keys: Mapping[str, str], addresses: Mapping[str, str] | None = None
) -> Catalogue:
    """Builds the catalogue from stored rows of (name, version, raw, signature). ``keys`` is kid → public key,
    ``addresses`` connection → base address.

    Every row is verified. One that doesn't verify, or that has another name or version than its row, becomes a fault of
    its own name only. Never raises for the content of a row.
    """
    good: list[Contract] = []
    faults: list[ContractFault] = []
    for name, version, raw, signature in rows:
        try:
            contract = verify(raw, signature, keys)
        except (BadSignature, InvalidInput) as error:
            faults.append(ContractFault(name, version, error.detail.rstrip(".")))
            continue
        if (contract.name, contract.version) != (name, version):
            faults.append(
                ContractFault(name, version, f"the signed contract is {contract.name} v{contract.version}, not this")
            )
            continue
        good.append(contract)
    return Catalogue(good, faults, addresses)


def find_connection(contract: Contract) -> str:
    """The connection that a contract is sent to: the one that its endpoint names, or else the first part of its own
    name."""
    named = getattr(contract.endpoint, "connection", None)
    return named if isinstance(named, str) and named else contract.name.split(".", 1)[0]


def bind(contract: Contract, kinds: Kinds) -> Contract | str:
    """The contract with its kinds' names as used here, unchanged if they already are. A clause with the reason if a
    kind is ambiguous. Signed bytes and digest stay those of the signed document."""
    own, renamed = find_connection(contract), {}
    for name, annotation in contract.annotations.items():
        if annotation.record is None:
            continue
        kind = kinds.named_by(annotation.record, own)
        if kind is None:
            if choices := kinds.choices(annotation.record):
                return (
                    f"{annotation.record!r} is a kind of several connections, so that {name!r} may mean any of "
                    f"{', '.join(choices)}; name the connection in its endpoint, or the kind in full"
                )
            continue
        if kind.name != annotation.record:
            renamed[name] = annotation.model_copy(update={"record": kind.name})
    if not renamed:
        return contract
    contract.digest  # noqa: B018 - of the signed document: kept in the copy
    return contract.model_copy(update={"annotations": {**contract.annotations, **renamed}})
