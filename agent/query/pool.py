"""Pools: the records that are left to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from agent.pipeline import Question, Span
from agent.planning.proposal import Except, Find, StateIs
from agent.planning.quotes import list_words
from agent.query.conditions import read_quantity
from agent.validate.questions import explain_exclusion, explain_none_found
from agent.validate.records.located import LocatedRecord, RecordQuery, fits, merge_filters, name_kind, name_kinds
from registry.records import Field, Record, RecordKind

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
    text = f"There are too many {name_kinds(need.kind)} to look through. Say more about which you mean."
    return need.ask(text, code="ambiguous")


def ask_about_empty(need: RecordQuery, find: Find, pool: Pool) -> Question:
    """Says why no record is left to choose from."""
    kind, owner = need.kind, pool.via[0] if pool.via else None
    several = len(find.where) > 1 or (need.told is not None and need.told.dated)
    if not pool.records and owner is not None and several:  # they may have others
        return need.ask(f"{owner.label} has no such {name_kinds(kind)}.")
    if len(pool.records) == 1:
        return need.ask(explain_exclusion(one := pool.records[0], one.label, need), about=one)
    words = [each.state for each in find.where if isinstance(each, StateIs) and not each.negated]
    known = [kind.states[word] for word in dict.fromkeys(words) if word in kind.states]
    if not pool.records and owner is None and len(known) < len(find.where):  # some of them there may be
        return need.ask(f"There is no such {name_kind(kind)}.")
    states = merge_filters(*known, need.filter)
    return need.ask(explain_none_found(kind, states or need.filter, owner, pool.records, more=pool.more))


def list_first_of_each(records: Sequence[Record], by: Field, *, descending: bool) -> list[Record]:
    """The highest or lowest records in each currency, all that share it."""
    held: dict[str, list[tuple[Decimal, Record]]] = {}
    for each in records:
        if (quantity := read_quantity(by, each.values)) is not None:
            held.setdefault(quantity.unit or "", []).append((quantity.number, each))
    ends = {unit: (max if descending else min)(number for number, _ in line) for unit, line in held.items()}
    return [
        each
        for unit, line in sorted(held.items())
        for number, each in line
        if number == ends[unit] and (number or not descending)
    ]


def locate(record: Record, kind: RecordKind, find: Find, pool: Pool, how: str = "") -> LocatedRecord:
    """A found record with the words it rests on, including an answer that said whose it is."""
    way = pool.find_way(record)
    spans = tuple(dict.fromkeys(span for each in way for span in each.spans))
    answered = find.said is None and any(span.origin for span in spans)
    return LocatedRecord(record, kind, spans if answered else list_spans_of(find), way, how)


def list_spans_of(find: Find) -> tuple[Span, ...]:
    """The words that a search rests on: its own name, or else those of related records (whose it is, what it is like),
    but none of a record that is left out."""
    where = tuple(each for each in find.where if not isinstance(each, Except))
    named = [find.said] if find.said is not None else list(list_words(find.model_copy(update={"where": where})))
    return tuple(
        Span(origin=each.origin, start=each.start, end=each.start + len(each.text), text=each.text)
        for each in named
        if each.start is not None
    )
