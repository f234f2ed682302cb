"""Cases with a registry file: their offers, and tables or an overlay if they have live data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from core.errors import InvalidInput
from evals import overlays
from evals.cases import reader, tables
from evals.cases.reader import Case
from evals.run.answer import make_contract
from registry.catalogue import Catalogue
from registry.offers.offer import make_offer
from registry.offers.shortlist import Shortlist
from registry.records import ContextProvider


@dataclass(frozen=True, slots=True)
class CaseContext:
    """Context of a case: its indexed offers, its live records if any, and its contracts if there is an overlay
    (``stands_for``: contract → the source's own function)."""

    shortlist: Shortlist
    records: ContextProvider | None = None
    catalogue: Catalogue | None = None
    stands_for: Mapping[str, str] = field(default_factory=dict)


def load_context(case: Case, data: Path) -> CaseContext:
    """Loads the context of a case. Raises InvalidInput if it offers an action that its registry lacks."""
    path = data / case.registry_file
    written = _read_overlaid(case.registry_file, path, case.names)
    if written is not None:
        present = case.context.get("now")
        records = overlays.make_records(case.registry_file, data / case.tables, present) if case.tables else None
        return replace(written, records=records)
    guessed = _read_tables(data / case.tables) if case.tables else None
    kinds = tuple(kind.name for kind in guessed.kinds()) if guessed else ()
    return CaseContext(_make_shortlist(path, case.names, kinds), guessed)


@lru_cache(maxsize=64)
def _make_shortlist(path: Path, names: tuple[str, ...] | None, kinds: tuple[str, ...]) -> Shortlist:
    every = reader.read_registry_by_name(path, kinds)
    if names is None:
        return Shortlist(tuple(every.values()))
    unknown = [name for name in names if name not in every]
    if unknown:
        raise InvalidInput(f"{path} has no action called {unknown[0]!r}.")
    return Shortlist(tuple(every[name] for name in dict.fromkeys(names)))


@lru_cache(maxsize=64)
def _read_overlaid(registry_file: str, path: Path, names: tuple[str, ...] | None) -> CaseContext | None:
    """Reads an overlay's contracts, and the source's functions that it does not change."""
    written = overlays.find_overlay(registry_file, path)
    if written is None:
        return None
    plain = _make_shortlist(path, names, ())
    contracts = [each for each in written.contracts if written.stands_for[each.name] in plain]
    left = [offer for offer in plain.offers if offer.name not in written.stands_for.values()]
    return CaseContext(
        Shortlist((*map(make_offer, contracts), *left)),
        catalogue=Catalogue((*contracts, *map(make_contract, left))),
        stands_for=written.stands_for,
    )


@lru_cache(maxsize=8)
def _read_tables(path: Path) -> tables.Tables:
    return tables.load(path)
