"""Pools: the records that are left to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Question
from agent.validate.records.located import LocatedRecord, RecordQuery, fits, name_kinds
from registry.records import Record

MOST_SCANNED: Final = 2000
"""The most records that one reference looks through; beyond, the person is asked to narrow it down."""

Owned = tuple[LocatedRecord, Mapping[str, Sequence[str | int | bool]]]
"""One of several owners, and what is his."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The records of a kind that pass a reference's conditions.

    ``named``: words identified them. ``more``: not all records were looked at. ``via`` leads to each of them. If there
    are several ``owners``, each leads to its own records.
    """

    records: list[Record]
    via: tuple[LocatedRecord, ...] = ()
    named: bool = False
    more: bool = False
    owners: tuple[Owned, ...] = ()

    def find_way(self, record: Record) -> tuple[LocatedRecord, ...]:
        """The records on the way to this one: its owners."""
        return (*self.via, *(owner for owner, where in self.owners if fits(record, where)))


def ask_to_narrow(need: RecordQuery) -> Question:
    """Asks for more detail if a reference would search more records than allowed."""
    text = f"There are too many {name_kinds(need.kind)} to look through. Say more about which are meant."
    return need.ask(text, code="ambiguous")
