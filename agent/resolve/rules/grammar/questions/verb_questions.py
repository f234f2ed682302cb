"""Questions by verb: "did Ada pay …", "what does … cost", "what is Ada working on", "what does she have"."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Answer, BelongsTo, Condition, FieldOf, Find, RecordsAnswer, StateIs, ValueAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.conditions import list_subjects
from agent.resolve.rules.grammar.phrases.fields import list_stock_fields
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.shown import read_spoken
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import RecordKind

_BE: Final = word_set("is are was were isn't aren't wasn't weren't")
_HOLDS: Final = word_set("have has had got own owns")
_HELD: Final = word_set(
    "do does did are is there we have still left in on stock now available remaining free you hand of"
)
_REMAINING: Final = word_set("left remaining stock available")


def read_costs(reader: Reader, index: int, stop: int) -> Answer | None:
    """A price: "what does Ada's plan cost", "what does Ada pay". The size of the thing, or of the person's own."""
    if reader.low(index) not in {"what", "much"} or reader.low(index + 1) not in {"does", "do", "did"}:
        return None
    every = _every(reader, stop)
    if every is None and reader.low(index) == "much" and reader.low(stop - 1) == "pay":
        return None  # "how much does Ada pay": for what?
    stop = every[1] if every is not None else stop
    if reader.low(stop - 1) not in {"cost", "pay"}:
        return None
    for about in list_subjects(reader, index + 2, stop - 1):
        find = about.find if every is None else _paid_every(reader, about.find, every[0])
        size = reader.kinds[find.record].size if find is not None else None
        if about.last == stop - 1 and size is not None and find is not None:
            return ValueAnswer(value=FieldOf(field=size, of=find), about=find)
    return None


def _every(reader: Reader, stop: int) -> tuple[str, int] | None:
    """A unit of time, and where its words begin: "(pay) a month, per year"."""
    unit = lexicon.UNITS.get(reader.low(stop - 1))
    return (unit, stop - 2) if unit is not None and reader.low(stop - 2) in {"a", "per", "each", "every"} else None


def _paid_every(reader: Reader, find: Find, unit: str) -> Find | None:
    """The thing paid at such intervals: the thing itself, or the one kind of somebody's records with a size and that
    interval."""
    own = reader.kinds[find.record]
    kinds = [each for each in reader.kinds.values() if each is own or each.relation_to(own.name) is not None]
    paid = [each for each in kinds if each.size and any(unit in field.values for field in each.fields)]
    if len(paid) != 1:
        return None
    whole = find if paid[0] is own else Find(record=paid[0].name, where=(BelongsTo(owner=find),))
    return whole.model_copy(update={"where": (*whole.where, StateIs(state=unit))})


def works_on(reader: Reader, index: int, stop: int) -> Answer | None:
    """Somebody's open work: "what is Ada working on"."""
    if reader.low(index) not in {"what", "what's"} or reader.lows(stop - 2, 2) != ("working", "on"):
        return None
    at = index + 1 + (reader.low(index + 1) in _BE)
    end, people = reader.name(at, stop - 2), reader.people()
    spoken = read_spoken(reader, at) if at + 1 == stop - 2 else None
    for kind in reader.kinds.values() if end == stop - 2 or spoken is not None else ():
        theirs = any(people is not None and each.kind == people.name for each in kind.relations)
        doer = next(iter(reader.doers(kind)), None) if theirs else None
        if doer is not None and (spoken is None or spoken.find.record == doer.name):
            owner = spoken.find if spoken is not None else Find(record=doer.name, said=reader.words(at, end))
            where: tuple[Condition, ...] = (BelongsTo(owner=owner),)
            where += (StateIs(state="open"),) if "open" in kind.states else ()
            return RecordsAnswer(records=Find(record=kind.name, where=where, pick="all"))
    return None


def read_plural(reader: Reader, index: int, stop: int) -> Answer | None:
    """A list of somebody's records: "what tickets does Ada have"."""
    if reader.low(index) not in {"what", "which"}:
        return None
    phrase = read_phrase(reader, index + 1, stop, None)
    if phrase is None or not phrase.noun or phrase.find.pick != "all" or reader.low(phrase.last) not in {"do", "does"}:
        return None
    end = reader.name(phrase.last + 1, stop)
    if end == phrase.last + 1 or reader.low(end) not in _HOLDS or end + 1 < stop:
        return None
    owner, kind = reader.words(phrase.last + 1, end), reader.kinds[phrase.find.record]
    if (whose := find_doer(reader, kind) or reader.owner_of(kind)) is None:
        return None
    where = (*phrase.find.where, BelongsTo(owner=Find(record=whose.name, said=owner)))
    return RecordsAnswer(records=phrase.find.model_copy(update={"where": where}))


def find_doer(reader: Reader, kind: RecordKind) -> RecordKind | None:
    """The kind of people that handle a record: the one that it belongs to besides its owner."""
    people = reader.people()
    others = [reader.kinds[each.kind] for each in kind.relations if each.kind in reader.kinds]
    others = [each for each in others if people is None or each.name != people.name]
    return next(iter(reader.doers(kind) or others), None)


def read_stocked(reader: Reader, index: int, stop: int) -> Answer | None:
    """The stock of a thing: "any folding chairs left?"."""
    at = index + (reader.low(index) in {"any", "some", "enough", "more"})
    asked = reader.low(stop - 1) in _REMAINING and reader.text.plain.rstrip().endswith("?")
    return read_left(reader, at, stop) if asked and reader.noun(at) is None else None


def read_left(reader: Reader, index: int, stop: int) -> Answer | None:
    """The count that a thing holds of itself: "how many (folding chairs do we have left)"."""
    end = index
    while end < stop and reader.low(end) not in _HELD and reader.tokens[end].word:
        end += 1
    if end == index or any(reader.low(at) not in _HELD for at in range(end, stop)):
        return None
    counts = list_stock_fields(reader.kinds.values())
    if len(counts) != 1:
        return None
    (kind, held), said = counts[0], reader.words(index, end)
    return RecordsAnswer(records=Find(record=kind.name, said=said), fields=(held.name,))
