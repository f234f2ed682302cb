"""Pools: the records that are left to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Question, Span
from agent.planning.proposal import Find
from agent.planning.quotes import list_words
from agent.validate.records.located import LocatedRecord, RecordQuery, fits, name_kinds
from registry.records import Record, RecordKind

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


def locate(record: Record, kind: RecordKind, find: Find, pool: Pool, how: str = "") -> LocatedRecord:
    """A found record with the words it rests on, including an answer that said whose it is."""
    way = pool.find_way(record)
    spans = tuple(dict.fromkeys(span for each in way for span in each.spans))
    answered = find.said is None and any(span.origin for span in spans)
    return LocatedRecord(record, kind, spans if answered else list_spans_of(find), way, how)


def list_spans_of(find: Find) -> tuple[Span, ...]:
    """The words that a search rests on: its own name, or else those of related records (whose it is, what it is
    like)."""
    named = [find.said] if find.said is not None else list(list_words(find))
    return tuple(
        Span(origin=each.origin, start=each.start, end=each.start + len(each.text), text=each.text)
        for each in named
        if each.start is not None
    )
