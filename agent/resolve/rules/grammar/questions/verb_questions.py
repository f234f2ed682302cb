"""Questions by verb: "did Ada pay …", "what does … cost", "what is Ada working on", "what does she have"."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Answer, BelongsTo, FieldOf, Find, OrderByField, RecordsAnswer, StateIs, ValueAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.conditions import list_meant, take_first
from agent.resolve.rules.grammar.phrases.fields import list_stock_fields
from agent.resolve.rules.grammar.phrases.subjects import list_subjects
from agent.resolve.rules.grammar.questions.plain import read_exists
from agent.resolve.rules.grammar.questions.restrictions import BE
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set

_HELD: Final = word_set(
    "do does did are is there we have got still left in on stock now available remaining free you hand of"
)
_LAST_THING: Final = (("last", "thing"), ("latest", "thing"), ("last", "things"))
_REMAINING: Final = word_set("left remaining stock available")


def read_costs(reader: Reader, index: int, stop: int) -> Answer | None:
    """A price, or what is paid at an interval: "what does the loft cost, what does Ada pay a month"."""
    index += reader.lows(index, 2) == ("how", "much")
    every = lexicon.UNITS.get(reader.low(stop - 1)) if reader.low(stop - 2) in {"a", "per", "each", "every"} else None
    asked = reader.low(index) in {"what", "much"} and reader.low(index + 1) in {"does", "do", "did"}
    if asked and reader.low(stop - 1) == "cost":
        return read_price(reader, index + 2, stop - 1)
    if every is None or not asked or reader.low(stop - 3) not in {"cost", "pay"}:
        return None
    for about in list_subjects(reader, index + 2, stop - 3):
        find = _paid_every(reader, about.find, every)
        size = reader.kinds[find.record].size if find is not None else None
        if about.last == stop - 3 and size is not None and find is not None:
            paid = ValueAnswer(value=FieldOf(field=size, of=find), about=find)
            return take_first(reader, [paid, _paid_otherwise(reader, find, size, every)])
    return None


def _paid_otherwise(reader: Reader, find: Find, size: str, unit: str) -> RecordsAnswer:
    """What is paid at another interval, with that interval: by the year, where by the month was asked."""
    fields = reader.kinds[find.record].fields
    interval = tuple(each.name for each in fields if unit in each.values)
    where = tuple(each for each in find.where if each != StateIs(state=unit))
    return RecordsAnswer(records=find.model_copy(update={"where": where}), fields=(size, *interval))


def read_price(reader: Reader, at: int, stop: int) -> Answer | None:
    """What the record costs that all these words name."""
    made = []
    for find in list_meant(reader, at, stop):
        kind = reader.kinds[find.record]
        sums = [each.name for each in kind.fields if each.type == "money_minor"]
        price = kind.size if kind.size in sums else sums[0] if len(sums) == 1 else None
        made += [ValueAnswer(value=FieldOf(field=price, of=find), about=find)] if price and find.pick == "one" else []
    return take_first(reader, made)


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
    made = [
        Find(
            record=kind.name,
            where=(BelongsTo(owner=each), *[StateIs(state="open")][: "open" in kind.states]),
            pick="all",
        )
        for each in list_meant(reader, index + 1 + (reader.low(index + 1) in BE), stop - 2)
        for kind in reader.kinds.values()
        if reader.kinds[each.record] in reader.doers(kind)
    ]
    return take_first(reader, [RecordsAnswer(records=each) for each in made])


def read_done(reader: Reader, index: int, stop: int) -> Answer | None:
    """Somebody's records of a kind that is called by what was done: "what did Ada order (last), the last thing she
    ordered"."""
    at = index + (reader.low(index) == "the")
    last = reader.low(stop - 1) == "last" or reader.lows(at, 2) in _LAST_THING
    stop -= reader.low(stop - 1) == "last"
    asked = reader.low(index) == "what" and reader.low(index + 1) in {"did", "has", "have"}
    if not asked and reader.lows(at, 2) not in _LAST_THING:
        return None
    first, deed = (index if asked else at) + 2, stem(reader.low(stop - 1))
    kinds = [each for each in reader.kinds.values() if deed in map(stem, each.nouns)]
    made = [
        Find(record=kind.name, where=(BelongsTo(owner=each),), pick="all")
        for each in list_meant(reader, first, stop - 1)
        for kind in kinds
        if kind.relation_to(each.record) is not None
    ]
    line = {"order": OrderByField(first="latest"), "pick": "one"} if last else {}
    return take_first(reader, [RecordsAnswer(records=each.model_copy(update=line)) for each in made])


def read_stocked(reader: Reader, index: int, stop: int) -> Answer | None:
    """The stock of a thing: "any folding chairs left?"."""
    at = read_exists(reader, index)
    asked = at > index or reader.text.plain.rstrip().endswith("?")
    asked = asked and reader.low(stop - 1) in _REMAINING and "out" not in reader.lows(index, stop - index)
    at += reader.low(at) in {"any", "some", "enough", "more"}
    return read_left(reader, at, stop) if asked and reader.noun(at) is None else None


def read_left(reader: Reader, index: int, stop: int) -> Answer | None:
    """The count that a thing holds of itself: "how many (folding chairs do we have left)"."""
    end = index
    while end < stop and reader.low(end) not in _HELD and reader.tokens[end].word:
        end += 1
    if end == index or any(reader.low(at) not in _HELD for at in range(end, stop)):
        return None
    counts, said = list_stock_fields(reader.kinds.values()), reader.words(index, end)
    finds = [
        (Find(record=kind.name, said=said, pick="all"), held.name) for kind, held in counts
    ]  # "juices": of each sort
    return take_first(reader, [RecordsAnswer(records=find, fields=(name,)) for find, name in finds])
