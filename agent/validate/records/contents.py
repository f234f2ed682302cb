"""Record contents: tells records apart by what their fields hold ("the T-shirt (blue, M)"), and finds the one that is
like another ("the same in red")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from agent.extract.references.value import Reference
from agent.pipeline import Span
from agent.validate.questions import ask_between, quote_words
from agent.validate.records.located import (
    MOST,
    LocatedRecord,
    Outcome,
    RecordQuery,
    RecordScope,
    merge_filters,
    name_kind,
)
from language.text import word_set
from registry.records import Query, Record, RecordKind, write_field

_TOLD: Final = frozenset({"string", "enum", "integer", "number", "boolean", "date"})
_WORD: Final = re.compile(r"\w+(?:[.+'-]\w+)*")
_LITTLE: Final = word_set("a an the one ones of in with and same but new another")


def holds(record: Record, kind: RecordKind, mark: tuple[str, str]) -> bool:
    """Whether one of the record's fields holds these words: the named field if there is one, or else a text after that
    name."""
    name, value = (_fold(part) for part in mark)
    fields = [each for each in kind.fields if each.type in _TOLD]
    if name:
        own = [each for each in fields if name in (_fold(each.name.replace("_", " ")), _fold(each.label))]
        if own:
            return any(_fold(write_field(each, record.values)) == value for each in own)
        value = f"{name} {value}"
    return any(f" {value} " in f" {_fold(write_field(each, record.values))} " for each in fields)


def narrow(records: Sequence[Record], kind: RecordKind, marks: Sequence[tuple[str, str]]) -> list[Record]:
    return [record for record in records if all(holds(record, kind, mark) for mark in marks)]


async def find_similar(
    need: RecordQuery, reference: Reference, spans: tuple[Span, ...], base: LocatedRecord, reach: RecordScope
) -> Outcome:
    """The record that is like ``base`` except for what the words say.

    It has the same owner, holds everything that was said, and otherwise differs as little as possible. A question if
    none or several qualify.
    """
    kind = need.kind
    shared = [
        (mine, theirs)
        for mine in kind.relations
        for theirs in base.kind.relations
        if mine.kind == theirs.kind and base.record.values.get(theirs.via) is not None
    ]
    if not shared:
        return need.ask(f"Nothing says which {name_kind(kind)} goes with {base.label}. Which one do you mean?")
    ((mine, theirs), *_) = shared
    where = merge_filters({mine.via: (base.record.values[theirs.via],)}, need.filter)
    records = await reach.kinds.search(Query(kind.name, where=where or {}, limit=MOST)) if where else ()
    if len(records) >= MOST:
        return need.ask(
            f"There are too many to look through for {base.label}. Name it by its number.", code="ambiguous"
        )
    marks = reference.marks or tuple(("", word) for word in _list_words(reference))
    fit = narrow(records, kind, marks)
    if reference.number:
        fit = [each for each in records if each.id == reference.number]
    if not fit:
        told = quote_words(" ".join(value for _, value in marks)) if marks else "that"
        return need.ask(f"There is no {name_kind(kind)} of {base.label} with {told}. Which one do you mean?")
    parts = _list_parts(base.record, base.kind)
    differs = {each.id: len(parts - _list_parts(each, kind)) for each in fit}
    least = [each for each in fit if differs[each.id] == min(differs.values())]
    if len(least) > 1:
        return ask_between(need.slot, need.param, kind, least, f"fit in place of {base.label}")
    how = f"{base.label} otherwise" if marks else f"the same as {base.label}"
    return (LocatedRecord(least[0], kind, spans, (base,), how),)


def _list_words(reference: Reference) -> list[str]:
    text = reference.name or reference.text or ""
    return [word for word in _WORD.findall(text) if word.casefold() not in _LITTLE]


def _list_parts(record: Record, kind: RecordKind) -> frozenset[str]:
    """What a record holds, part by part. A list in one text counts as several parts ("color: red, size: M")."""
    texts = [write_field(each, record.values) for each in kind.fields if each.type in _TOLD]
    return frozenset(_fold(part) for text in texts for part in re.split(r"[,;·]", text) if part.strip())


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
