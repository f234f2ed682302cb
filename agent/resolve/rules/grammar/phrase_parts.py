"""Phrases that mean records, and a noun phrase in the making."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from agent.extract.references.vocabulary import code_of
from agent.planning.proposal import (
    Condition,
    Find,
    OrderByCount,
    OrderByField,
    Words,
)
from agent.resolve.rules.grammar.reader import Reader
from registry.records import RecordKind


@dataclass(frozen=True, slots=True)
class Phrase:
    """``find`` stands in the tokens ``first`` up to ``last``; ``noun`` says that its kind was named."""

    find: Find
    first: int
    last: int
    noun: bool


ReadPhrase = Callable[[Reader, int, int, RecordKind | None, int], Phrase | None]


@dataclass
class PhraseParts:
    """A noun phrase in the making. ``read`` reads the phrases within it."""

    kind: RecordKind
    read: ReadPhrase
    said: Words | None = None
    where: list[Condition] = field(default_factory=list)
    order: OrderByField | OrderByCount | None = None
    pick: str | int = "one"
    plural: bool = False
    counted: int | None = None
    single: bool = False


def is_code(reader: Reader, at: int, kind: RecordKind) -> bool:
    token = reader.tokens[at]
    if not token.word or not any(each.search == "number" for each in kind.fields):
        return False
    coded = any(map(str.isdigit, token.text)) and code_of(token.text, kind)
    if coded and any(map(str.isalpha, token.text)) and not _lettered(kind):
        coded = not any(map(_lettered, reader.kinds.values()))
    return coded and (at not in reader.dates or token.text.isdigit())


def _lettered(kind: RecordKind) -> bool:
    """Whether the kind's numbers may hold letters: its own numbers, not mere ids."""
    return any(each.search == "number" and each.type == "string" for each in kind.fields)
