"""Fields by words: names, adjectives of measure ("heaviest"), comparisons after a noun ("over 100 EUR"), and
sums over somebody's records ("she paid in October")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from agent.planning.proposal import (
    BelongsTo,
    Compare,
    Comparison,
    Day,
    Find,
    Number,
    TotalOf,
    Words,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_owing, find_sum
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader
from language.measures import find_measure as find_unit
from language.stems import is_past, stem
from language.text import word_set
from registry.records import Field, RecordKind

# Adjective → the names of the field that it measures, and whether it means the upper end.
_MEASURES: Final[tuple[tuple[str, str, str], ...]] = (
    ("heavy", "light", "weight mass grams kilograms kg pounds"),
    ("tall", "short", "height cm"),
    ("high", "low", "height level"),
    ("long", "short", "length duration minutes hours nights days weeks months"),
    ("wide", "narrow", "width"),
    ("deep", "shallow", "depth"),
    ("expensive", "cheap", "price cost amount total fee"),
    ("pricey", "cheap", "price cost amount total fee"),
    ("dear", "cheap", "price cost amount total fee"),
    ("fast", "slow", "speed"),
    ("warm", "cold", "temperature"),
    ("hot", "cool", "temperature"),
    ("bright", "dim", "brightness magnitude"),
    ("young", "old", "born birth birthday year built"),
    ("new", "old", "born birth birthday year built"),
)
_WORDS: Final = {word: frozenset(names.split()) for more, less, names in _MEASURES for word in (more, less)}
_COUNTS: Final = frozenset(
    ("stock", "quantity", "count", "available", "left", "remaining", "seats", "places", "units", "vacancies", "free")
)
LEFT: Final = frozenset(("left", "in", "on", "stock", "hand", "remaining", "available"))
_UNUSED: Final = frozenset(("left", "remaining", "over"))
_HOLDING: Final = frozenset(("on", "at", "in", "with", "of", "has", "have", "having"))
SPARE: Final = word_set("out left held total count number of on in hand stock")
"""What the label of a count has besides what is counted."""
NUMERIC: Final = ("money_minor", "number", "integer")
_MOST: Final = (("est", ""), ("est", "e"), ("iest", "y"))


def label_field(each: Field) -> str:
    """The label of a field, made from its name if it has none."""
    return (each.label or each.name.replace("_", " ")).lower()


_ALIKE: Final = (
    "phone telephone mobile cell tel",
    "email mail",
    "price cost amount total sum fee",
    "place venue location",
    "people persons passengers guests",
)
_CALLED: Final = {stem(word): stem(names.split()[0]) for names in _ALIKE for word in names.split()}
_PRICE: Final = _CALLED[stem("price")]
_OF_VALUES: Final = frozenset(map(stem, ("number", "no", "date", "day", "address", "name", "time", "of", "on", "at")))
_SORTS: Final = {stem("number"): (stem("phone"),), stem("address"): (stem("place"), stem("email"))}


def find_named_field(kind: RecordKind, reader: Reader, first: int, last: int) -> Field | None:
    """The field with exactly these words as its name. In a question also the only one that has them but for the sort of
    its value, or a usual word for the same: "phone number", "due date", "cost"."""
    said = [stem(reader.low(at)) for at in range(first, last) if reader.low(at) not in lexicon.DETERMINERS]
    for each in kind.fields:
        for label in (each.label, each.name.replace("_", " "), *each.words):
            said = said[:-1] if each.type == "email" and len(said) > 1 and said[-1] == stem("address") else said
            if said and said == [stem(word) for word in label.lower().replace("-", " ").split()]:
                return each
    joined = "".join(reader.low(at) for at in range(first, last))
    exact = next((each for each in kind.fields if joined and joined == each.name.replace("_", "")), None)
    if exact is not None or not reader.asks or reader.noun(first):
        return exact
    core = _name_core(" ".join(said))
    wanted = [core] if core else [[sort] for sort in _SORTS.get(" ".join(said), ())]
    named = [(each, list_cores(each)) for each in kind.fields if each.type != "id"]
    found = [each for name in wanted for each, names in named if name in names]
    return found[0] if len(found) == 1 or (not core and found) else None


def list_cores(each: Field) -> list[list[str]]:
    """What a field may be called: the stems of each of its names without the sort of its value, and of a sum also
    without the word for one: "ticket" for "Ticket price"."""
    cores = [_name_core(name) for name in (each.label, each.name, *each.words)]
    plain = [[word for word in core if word != _PRICE] for core in cores] if each.type == "money_minor" else []
    return [*cores, *(core for core in plain if core)]


def _name_core(name: str) -> list[str]:
    said = name.lower().replace("_", " ").replace("-", "").split()
    words = [stem(word) for word in (said[:-1] if len(said) > 1 and find_unit(said[-1]) is not None else said)]
    return [_CALLED.get(word, word) for word in words if word not in _OF_VALUES]


def find_core(word: str) -> str:
    """The stem that stands for a word among the names of fields: "cost" for "price"."""
    return _CALLED.get(stem(word), stem(word))


def find_measure(kind: RecordKind, word: str) -> Field | None:
    """The one numeric or date field that an adjective or noun of measure means: "heavy", "weight"."""
    names = _WORDS.get(word) or next((each for each in _WORDS.values() if word in each), None)
    if names is None:
        return None
    held = [
        each
        for each in kind.fields
        if each.type in (*NUMERIC, "date", "datetime")
        and not names.isdisjoint({*label_field(each).split(), *each.name.split("_")})
    ]
    return held[0] if len(held) == 1 else None


def read_superlative(word: str) -> tuple[str, bool] | None:
    """The adjective of "heaviest", and whether it means the upper end."""
    for ending, instead in _MOST:
        base = word[: -len(ending)] + instead if word.endswith(ending) else ""
        doubled = base[:-1] if len(base) > 2 and base[-1:] == base[-2:-1] else base
        for each in (base, doubled):
            if each in _WORDS:
                return each, any(each == more for more, _, _ in _MEASURES)
    return None


def read_numbered_field(reader: Reader, kind: RecordKind, at: int) -> tuple[Compare, int] | None:
    """A field of numbers by name and number: "(on) floor 2", "with seats over 40", "with a balance over 50 EUR"."""
    step = at + 1 if reader.low(at) in _HOLDING else at
    while reader.low(step) in lexicon.DETERMINERS:
        step += 1
    for length in (3, 2, 1):
        first = step + length
        first += reader.low(first) in {"is", "of", "number"}
        against = reader.comparison(first)
        first += against[1] if against is not None else 0
        held, worth = reader.numbers.get(first), reader.amount(first)
        counts = held is not None and held.kind == "cardinal" and not held.unit
        counts = counts and held is not None and reader.end_index(held.end) == first + 1
        field = find_named_field(kind, reader, step, step + length) if counts or worth is not None else None
        op: Comparison = against[0] if against is not None else "="
        if field is not None and field.type in ("number", "integer") and counts and held is not None:
            number = Number(number=held.value, quote=reader.words(first, first + 1))
            return Compare(field=field.name, op=op, value=number), first + 1
        if field is not None and field.type == "money_minor" and worth is not None:
            return Compare(field=field.name, op=op, value=worth[0]), worth[1]
    return None


def read_some_left(reader: Reader, kind: RecordKind, at: int, stop: int, *, denied: bool) -> tuple[Compare, int] | None:
    """A sum or count that isn't used up: "(who has) credit left, (which clients have) a balance"."""
    while reader.low(at) in lexicon.DETERMINERS:
        at += 1
    for last in (at + 2, at + 1) if at < stop else ():
        left = reader.low(last) in _UNUSED
        field = find_named_field(kind, reader, at, last) if last <= stop and (left or last == stop) else None
        if field is not None and field.type in NUMERIC and not is_past(label_field(field).split()[0]):
            none = Number(number=Decimal(0), quote=reader.words(at, last))
            return Compare(field=field.name, op="=" if denied else ">", value=none), last + left
    return None


def read_comparison(reader: Reader, made: PhraseParts, at: int) -> int:
    """A comparison: "over 100 EUR", "older than 30 days", "(overdue) by more than a week"."""
    if _OWE.fullmatch(reader.low(at - 1 - (reader.low(at - 1) == "us"))):
        return 0  # "who owes more than 100": of a debt, and of no other sum of theirs
    since = reader.date_field(made.kind, at - 1) if reader.asks and reader.low(at) == "by" else None
    start = at + 1 if reader.low(at) in {"for", "worth", "of", "with"} or since is not None else at
    if (span := _read_amounts_between(reader, made.kind, at)) is not None:
        made.where += span[0]
        return span[1]
    found = reader.comparison(start) or (("=", 0) if start > at and reader.low(at) == "with" else None)
    if found is None:
        worth = reader.amount(start) if reader.low(at) in {"of", "worth"} else None
        size = find_compared_field(made.kind, worth[0]) if worth is not None and worth[0].unit is not None else None
        if worth is None or size is None:
            return 0
        made.where.append(Compare(field=size, op="=", value=worth[0]))
        return worth[1]
    op, length = found
    after = start + length
    if not length:
        return 0
    ago = reader.duration(after)
    if ago is not None:
        lasting = start > at and (reader.low(at) == "for" or since is not None)
        return _aged(reader, made, after, ago[1], ago[0].isoformat(), op, lasting=lasting, since=since)
    amount = reader.amount(after)
    size = find_compared_field(made.kind, amount[0]) if amount is not None else None
    if amount is None or size is None or (made.kind.order and reader.low(amount[1]) in lexicon.UNITS):
        return 0
    made.where.append(Compare(field=size, op=op, value=amount[0]))
    stocked = any(each.name == size for _, each in list_stock_fields([made.kind]))
    return skip_left(reader, amount[1]) if stocked else amount[1]


def skip_left(reader: Reader, at: int) -> int:
    """Past the words behind a count that say only that it is there: "(5) in stock, (5) left"."""
    while reader.low(at) in LEFT:
        at += 1
    return at


def find_compared_field(kind: RecordKind, amount: Number) -> str | None:
    """The field that an amount is compared with: the kind's size, or its one sum of money. "Under 5 euros" is no count
    of pieces."""
    sums = [each.name for each in kind.fields if each.type == "money_minor"]
    if amount.unit is None or kind.size in sums:
        return kind.size
    return sums[0] if len(sums) == 1 else None


def _read_amounts_between(reader: Reader, kind: RecordKind, at: int) -> tuple[list[Compare], int] | None:
    """From what amount to what: "between 100 and 200 EUR"."""
    low = reader.amount(at + 1) if reader.low(at) in {"between", "from"} and at not in reader.ranges else None
    high = reader.amount(low[1] + 1) if low is not None and reader.low(low[1]) in {"and", "to"} else None
    said = (low if high is None or high[0].unit is None else high) if low is not None else None
    size = kind.field_named(find_compared_field(kind, said[0]) or "") if said is not None else None
    if (
        low is None
        or high is None
        or size is None
        or size.type != "money_minor"
        or reader.low(high[1]) in lexicon.UNITS
    ):
        return None
    if low[0].unit is None and high[0].unit is None and reader.low(at) == "from":
        return None
    least = low[0] if low[0].unit is not None else low[0].model_copy(update={"unit": high[0].unit})
    return [Compare(field=size.name, op=">=", value=least), Compare(field=size.name, op="<=", value=high[0])], high[1]


def read_number(reader: Reader, made: PhraseParts, at: int) -> int:
    """A field by its number: "on floor 2"."""
    found = read_numbered_field(reader, made.kind, at)
    made.where += [found[0]] if found is not None else []
    return found[1] if found is not None else 0


def _aged(
    reader: Reader,
    made: PhraseParts,
    first: int,
    last: int,
    day: str,
    op: Comparison,
    *,
    lasting: bool,
    since: Field | None,
) -> int:
    line, end = since.name if since is not None else made.kind.order, last
    if reader.low(last) in lexicon.OLD:
        end = last + 1
    elif (state := reader.state(last, made.kind)) is not None:
        named = reader.date_field(made.kind, last)
        made.where.append(state[0])
        line, end = named.name if named is not None else line, last + state[1]
    elif not lasting and reader.low(first - 1) == "than" and reader.low(first - 2) in {"more", "less", "longer"}:
        return 0
    if line is None:
        return 0
    turned: dict[str, Comparison] = {">": "<", "<": ">", ">=": "<=", "<=": ">="}
    if op not in turned:
        return 0
    made.where.append(Compare(field=line, op=turned[op], value=Day(date=day, quote=reader.words(first, last))))
    return end


def list_stock_fields(kinds: Iterable[RecordKind]) -> list[tuple[RecordKind, Field]]:
    """The counts that named things hold of themselves: stock, or free places."""
    return [
        (kind, each)
        for kind in kinds
        if any(named.search == "name" for named in kind.fields)
        for each in kind.fields
        if each.type in ("integer", "number")
        and (not _COUNTS.isdisjoint((each.label or each.name).lower().split("_")) or _is_stock(kind, each))
    ]


def _is_stock(kind: RecordKind, each: Field) -> bool:
    """Whether a kind has a stock count: a count, of things that belong to nobody."""
    return each.name == kind.size and each.type == "integer" and not kind.relations and "on" in each.name.split("_")


_OWE: Final = re.compile(r"owe[sd]?|owing")
_HAS_TO: Final = frozenset(
    ("has", "have", "had", "got", "still", "currently", "anything", "something", "money", "left")
)


def read_debt(reader: Reader, at: int) -> int:
    """Where a debt of somebody's ends: "(Ada) still owes us, (does she) have a rest to pay". 0 if none is
    told."""
    step = at
    while reader.low(step) in {"still", "already", "currently"}:
        step += 1
    if _OWE.fullmatch(reader.low(step)):
        return step + 1 + (reader.low(step + 1) == "us")
    while reader.low(step) in _HAS_TO:
        step += 1
    held = {"has", "have", "had", "got"}.intersection(reader.lows(at, step - at))
    return step + 2 if held and reader.lows(step, 2) == ("to", "pay") else 0


def find_owed(reader: Reader, name: Words | None = None) -> Find | None:
    """What is owed: the unpaid records of the one kind of people's things that can be so. By somebody's ``name`` also
    those of a kind that belongs to nobody and holds the name itself."""
    people, found = reader.people(), []
    for kind in reader.kinds.values():
        state = find_owing(kind)
        led = people is not None and reader.leads(kind, people)
        holds = any(each.search == "name" and each.name.endswith("_name") for each in kind.fields)
        if state is not None and led is (name is None) and (led or holds):
            found.append(Find(record=kind.name, said=name, where=(state,), pick="all"))
    return found[0] if len(found) == 1 else None


def read_total(reader: Reader, at: int, stop: int) -> tuple[TotalOf, int] | None:
    """A sum over somebody's records: "she paid (for …) (in October)", "Ada (still) owes (us)"."""
    if reader.low(at) in lexicon.PRONOUNS and reader.person is not None:
        owner, step = reader.person, at + 1
    else:
        at += reader.asks and reader.low(at) == "the"
        at += reader.asks and reader.low(at) == "the"
        end, people = reader.name(at, stop), reader.people()
        if end == at or people is None:
            return None
        end = next((step for step in range(at + 1, end) if read_debt(reader, step)), end)  # "grace owes"
        owner, step = Find(record=people.name, said=reader.words(at, end)), end
    if last := read_debt(reader, step):
        owed, own = find_owed(reader), find_owed(reader, owner.said) if owner.said is not None else None
        find = owed.model_copy(update={"where": (BelongsTo(owner=owner), *owed.where)}) if owed is not None else own
        field = find_sum(reader.kinds[find.record], find) if find is not None else None
        if find is None or field is None:
            return None
        reader.person = owner if owed is not None else reader.person
        return TotalOf(field=field, of=find), last
    while reader.low(step) in {"still", "already", "has", "have", "had", "currently"}:
        step += 1
    verb = reader.low(step)
    for kind in reader.kinds.values():
        if kind.size is None or reader.owner_of(kind) is None:
            continue
        line = next((each for each in kind.fields if each.type in ("date", "datetime") and _is(each, verb)), None)
        if line is None:
            continue
        above = reader.owner_of(kind)
        if above is not None and owner.record != above.name and owner.said is not None and not owner.where:
            owner = owner.model_copy(update={"record": above.name})
        after = step + 1
        while reader.low(after) in {"us", "back"}:
            after += 1
        when = reader.when(after, line.name)
        if when is None and reader.asks:  # "has paid (so far)"
            today = Day(date=reader.now.date().isoformat(), quote=reader.words(step, step + 1))
            when = [Compare(field=line.name, op="<=", value=today)], after
        if when is None:
            continue
        where = (BelongsTo(owner=owner), *(each for each in when[0] if isinstance(each, Compare)))
        reader.person = owner
        return TotalOf(field=kind.size, of=Find(record=kind.name, where=where, pick="all")), when[1]
    return None


def _is(each: Field, verb: str) -> bool:
    label = label_field(each).split()
    label = label[:-1] if label[1:] in (["on"], ["at"]) else label
    return len(label) == 1 and find_base_form(stem(label[0])) == find_base_form(stem(verb))


def find_counted_field(kind: RecordKind, reader: Reader, at: int) -> tuple[Field, int] | None:
    """The number field that counts what a token begins to name, and where it ends: "boxes (out)", for "Boxes out"."""
    if reader.noun(at) is not None:
        return None
    for field in kind.fields:
        label = label_field(field).split()
        counted = [stem(word) for word in label if word not in SPARE]
        if field.type in ("integer", "number") and counted and counted == [*map(stem, reader.lows(at, len(counted)))]:
            end = at + len(counted)
            return field, end + (reader.low(end) in SPARE & {*label})
    return None
