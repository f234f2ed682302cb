"""Other words of a request: if a name leaves open which record is meant, the words that nothing was read from may tell
("close the gate order, the red one": of two gate orders, the one that is called red)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from agent.pipeline import Question, Request, Span
from agent.planning.quotes import find_places
from agent.query.answered_references import is_denied
from agent.validate.questions import MAX_CANDIDATES, name_record, quote_words
from agent.validate.records.located import LocatedRecord, Outcome, RecordQuery
from agent.validate.records.ranking import fold_words
from language.stems import EMPTY, GENERIC, KIN, ORDERS, stem

if TYPE_CHECKING:
    from agent.query.context import QueryContext
    from registry.records import Record, RecordKind

_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_MOST: Final = 40
"""Words that are looked at."""


def list_other_words(request: Request, read: object) -> tuple[Span, ...]:
    """The words of a request that a proposal quotes nowhere. None if they deny something: what they name is then not
    meant."""
    if request.answers:
        return ()
    taken = find_places(read, request)
    found = [
        each for each in _WORD.finditer(request.text) if not any(a < each.end() and each.start() < b for a, b in taken)
    ]
    if is_denied(" ".join(each[0] for each in found)) or "n't" in request.text or "n’t" in request.text:
        return ()
    return tuple(
        Span(start=each.start(), end=each.end(), text=each[0])
        for each in found[:_MOST]
        if stem(each[0].casefold()) not in EMPTY | GENERIC | ORDERS and stem(each[0].casefold()) not in KIN
    )


async def single_out_by_other_words(
    context: QueryContext, need: RecordQuery, asked: Outcome, spans: tuple[Span, ...]
) -> tuple[LocatedRecord, ...] | None:
    """The only offered record that other words of the request describe. None if they describe none or several, or name
    something else. Records that look alike are always asked about."""
    records = await list_offered(context, need, asked) if context.other_words else []
    if not isinstance(asked, Question) or not records or any(each.marks for each in asked.candidates):
        return None
    offered = zip(records, asked.candidates, strict=True)
    names = [_list_name_words(each, need.kind, candidate.detail) for each, candidate in offered]
    meant, telling = set(range(len(records))), list[Span]()
    for run in _join_names(context):
        wanted = {stem(fold_words(each.text)[0]) for each in run}
        holding = {at for at, words in enumerate(names) if wanted <= words}
        if not holding and any(wanted & words for words in names):
            return None  # somebody else of the same first name
        if 0 < len(holding) < len(records):
            meant, telling = meant & holding, [*telling, *run]
    if len(meant) != 1 or not telling:
        return None
    one = records[meant.pop()]
    context.singled_out[one.kind, one.id] = tuple(telling)
    return (LocatedRecord(one, need.kind, (*spans, *telling), ()),)


async def list_offered(context: QueryContext, need: RecordQuery, asked: Outcome) -> list[Record]:
    """The records that a question which one is meant offers. Empty if some are missing, or may be."""
    if not isinstance(asked, Question) or asked.code != "ambiguous" or asked.slot != need.slot:
        return []
    if not 1 < len(asked.candidates) < MAX_CANDIDATES:
        return []
    held = [await context.kinds.record(need.kind.name, each.id) for each in asked.candidates]
    return [each for each in held if each is not None] if None not in held else []


def _join_names(context: QueryContext) -> list[list[Span]]:
    """The other words, those with capitals side by side as one name."""
    runs: list[list[Span]] = []
    for each in context.other_words:
        last = runs[-1][-1] if runs else None
        beside = last is not None and context.request.text[last.end : each.start] == " "
        if beside and last is not None and last.text[0].isupper() and each.text[0].isupper():
            runs[-1].append(each)
        else:
            runs.append([each])
    return runs


def _list_name_words(record: Record, kind: RecordKind, detail: str) -> set[str]:
    """The stems of what a record is called and of what it is of. A state tells how it is now, and a verb may say so."""
    states = {word for field in kind.fields for value in field.values for word in fold_words(value.replace("_", " "))}
    said = {*fold_words(f"{name_record(record, kind)} {record.label} {detail}")}
    return {stem(each) for each in said - states if not each.isdigit()}


def explain_choices(context: QueryContext, pins: Sequence[tuple[str, str, str]]) -> list[str]:
    """The card's remarks about records that other words tell apart, that only one of several namesakes has, and that an
    answer names although others were offered. For pins (kind, id, label)."""
    there = {(kind, key): label for kind, key, label in pins}
    told = {key: " ".join(each.text for each in telling) for key, telling in context.singled_out.items()}
    return [
        *(f"Two or more could be meant; “{told[key]}” tells that it is {there[key]}." for key in there if key in told),
        *(text for key, text in context.namesakes.items() if key in there),
        *(
            f"You wrote {quote_words(words)}; this is {there[key]}, which was none of the choices."
            for key, words in context.unoffered.items()
            if key in there
        ),
    ]
