"""Runs a file of cases through a resolver, in order, and judges the answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from agent.resolve.resolver import Resolver
from core.errors import InvalidInput
from evals import external, tables
from evals.answer import answer
from evals.external import Case
from evals.score import Verdict, judge
from registry.shortlist import Shortlist


async def run(
    cases: Sequence[Case], data: Path, resolver: Resolver, now: datetime | None = None
) -> AsyncIterator[Verdict]:
    """A verdict for each case, as it comes. Files are found under ``data``; ``now`` serves cases that name no present
    of their own.

    Raises InvalidInput when a case offers an action its registry does not have."""
    present = now or datetime.now(UTC)
    for case in cases:
        shortlist, records = offered(case, data)
        entry = await answer(
            case.id, case.prompt, shortlist=shortlist, resolver=resolver, now=case.now or present, records=records
        )
        yield judge(case, entry)


def offered(case: Case, data: Path) -> tuple[Shortlist, tables.Tables | None]:
    """What a case offers, indexed, and its live records where it has some."""
    records = _tables(data / case.tables) if case.tables else None
    kinds = tuple(kind.name for kind in records.kinds()) if records else ()
    return _shortlist(data / case.registry_file, case.names, kinds), records


@lru_cache(maxsize=64)
def _shortlist(path: Path, names: tuple[str, ...] | None, kinds: tuple[str, ...]) -> Shortlist:
    every = external.registry_by_name(path, kinds)
    if names is None:
        return Shortlist(tuple(every.values()))
    unknown = [name for name in names if name not in every]
    if unknown:
        raise InvalidInput(f"{path} has no action called {unknown[0]!r}.")
    return Shortlist(tuple(every[name] for name in dict.fromkeys(names)))


@lru_cache(maxsize=8)
def _tables(path: Path) -> tables.Tables:
    return tables.load(path)
