"""Aggregates: "what is the total of …", "the average …", "how many … by …", "what did we invoice …"."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Answer, BelongsTo, Condition, CountOf, Find, TotalOf, ValueAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.fields import measured, named_field
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.questions.continued import shown_set
from agent.resolve.rules.grammar.questions.restrictions import BE, TAIL, restricted
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field, RecordKind

_TOTALS: Final = word_set("total sum combined")
_AVERAGES: Final = word_set("average mean")
_SIZES: Final = word_set("amount amounts value values worth price prices money sum total size")
_TOGETHER: Final = word_set("total altogether overall together sum worth")
_LEADS: Final = word_set("what what's is are was were the our calculate give show tell me us have")
_BY: Final = word_set("by per")


def every(find: Find) -> Find:
    """All that a phrase means, but for the one at a place in line."""
    if find.order is not None:
        return find.model_copy(update={"pick": "one"}) if find.pick == "all" else find
    return find.model_copy(update={"pick": "all"})


def broken_down(reader: Reader, kind: RecordKind, index: int, stop: int) -> tuple[Field, int] | None:
    """ "(how many …) by status, per channel": the field, and where the words that say it begin."""
    for at in range(index + 1, stop):
        step = at
        if reader.low(step) in _BY:
            step += 1
        elif reader.lows(step, 2) in {("for", "each"), ("grouped", "by"), ("in", "each"), ("broken", "down")}:
            step += 2 + (reader.low(step + 2) == "by")
        else:
            continue
        field = named_field(kind, reader, step, stop) or _owner_field(reader, kind, step, stop)
        if field is not None and field.type in ("enum", "boolean", "string", "currency", "id"):
            return field, at
    return None


def _owner_field(reader: Reader, kind: RecordKind, at: int, stop: int) -> Field | None:
    """ "(by) customer": the field that says whose a record is."""
    found = reader.noun(at)
    if found is None or at + found[1] < stop:
        return None
    relation = kind.relation_to(found[0].name)
    return kind.field_named(relation.via) if relation is not None else None


def aggregate(reader: Reader, index: int, stop: int) -> Answer | None:
    """A sum or an average over what a phrase means, each word of it read."""
    at = index
    while reader.low(at) in _LEADS and at < stop:
        at += 1
    word = reader.low(at)
    if word not in _TOTALS | _AVERAGES:
        return _in_total(reader, index, stop)
    average = word in _AVERAGES
    if reader.lows(at + 1, 2) == ("number", "of"):
        return None
    of = next((step for step in range(at + 1, min(at + 5, stop)) if reader.low(step) in {"of", "for", "on"}), None)
    tries = [(at + 1, at + 1)] + ([(at + 1, of + 1)] if of is not None else [])
    for label, first in tries:
        end = first - 1 if first > label else label
        made = _over(reader, label, end, first, stop, average=average)
        if made is not None:
            return made
    return None


def _over(reader: Reader, label: int, end: int, first: int, stop: int, *, average: bool) -> Answer | None:
    """The sum of the field that the words from ``label`` to ``end`` name, over the phrase that begins at ``first``."""
    phrase = shown_set(reader, first, stop) or read_phrase(reader, first, stop, None)
    if phrase is None or not phrase.noun:
        return None
    kind = reader.kinds[phrase.find.record]
    grouped = broken_down(reader, kind, first, stop)
    find = restricted(reader, phrase, grouped[1] if grouped is not None else stop)
    field = field_summed(reader, kind, label, end)
    if find is None or field is None or find.order is not None or (find.said is not None and find.pick == "one"):
        return None
    total = TotalOf(field=field, of=every(find), average=average)
    return ValueAnswer(value=total, by=grouped[0].name if grouped is not None else None)


def field_summed(reader: Reader, kind: RecordKind, label: int, end: int) -> str | None:
    """The field that is added up: what the words name, or what records of the kind are measured by."""
    said = [at for at in range(label, end) if reader.low(at) not in lexicon.DETERMINERS | {"our"}]
    if not said or all(reader.low(at) in _SIZES for at in said):
        return kind.size
    field = named_field(kind, reader, said[0], said[-1] + 1) or measured(kind, reader.low(said[0]))
    return field.name if field is not None and field.type in ("money_minor", "number", "integer") else None


def _in_total(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "how much are the open bills in total", "what did we invoice Ada this year": a sum over what is meant."""
    if reader.lows(index, 2) == ("how", "much"):
        at = index + 2
    elif reader.low(index) == "what":
        at = index + 1
    else:
        return None
    last = stop
    while last > at and reader.low(last - 1) in _TOGETHER | {"in", "all"}:
        last -= 1
    if reader.low(at) in {"did", "have"} and reader.low(at + 1) == "we":
        return _we_made(reader, at + 2, last)
    if reader.low(at) not in BE | {"do"}:
        return None
    phrase = read_phrase(reader, at + 1, last, None)
    if phrase is None or not phrase.noun or phrase.find.pick != "all":
        return None
    find, kind = restricted(reader, phrase, last), reader.kinds[phrase.find.record]
    if find is None or kind.size is None or find.order is not None or find.said is not None:
        return None
    return ValueAnswer(value=TotalOf(field=kind.size, of=find))


def _we_made(reader: Reader, at: int, stop: int) -> Answer | None:
    """ "(what did we) invoice Ada this year": all records of the kind that the verb is of."""
    verb = find_base_form(stem(reader.low(at)))
    kind = next(
        (each for each in reader.kinds.values() if each.size and any(stem(noun) == verb for noun in each.nouns)), None
    )
    if kind is None or kind.size is None:
        return None
    where: list[Condition] = []
    step, end = at + 1, reader.name(at + 1, stop)
    if end > step:
        above = reader.owner_of(kind)
        if above is None:
            return None
        where.append(BelongsTo(owner=Find(record=above.name, said=reader.words(step, end))))
        step = end
    when = reader.when(step, kind.order) if kind.order is not None and step < stop else None
    if when is not None:
        where += when[0]
        step = when[1]
    if step < stop and any(reader.low(each) not in TAIL for each in range(step, stop)):
        return None
    return ValueAnswer(value=TotalOf(field=kind.size, of=Find(record=kind.name, where=tuple(where), pick="all")))


def counted(reader: Reader, at: int, stop: int) -> Answer | None:
    """ "(how many) open tickets by priority": a count of what a phrase means, broken down where that is asked."""
    phrase = shown_set(reader, at, stop) or read_phrase(reader, at, stop, None)
    if phrase is None or not phrase.noun:
        return None
    kind = reader.kinds[phrase.find.record]
    grouped = broken_down(reader, kind, at, stop)
    if grouped is not None:
        phrase = shown_set(reader, at, grouped[1]) or read_phrase(reader, at, grouped[1], None) or phrase
        find = restricted(reader, phrase, grouped[1])
        if find is not None:
            return ValueAnswer(value=CountOf(of=every(find)), by=grouped[0].name)
    find = restricted(reader, phrase, stop)
    return ValueAnswer(value=CountOf(of=every(find))) if find is not None else None
