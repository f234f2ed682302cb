"""Figures in questions: counts, amounts, totals and averages of a field, each perhaps grouped by another ("how many …
by …")."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from rapidfuzz.distance import OSA

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import (
    Answer,
    Compare,
    CountOf,
    Find,
    Number,
    RecordsAnswer,
    StateIs,
    TotalOf,
    ValueAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import (
    DATES,
    find_day_of_state,
    find_rest,
    find_sum,
    find_sum_of_deed,
)
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import list_meant, take_first
from agent.resolve.rules.grammar.phrases.fields import (
    SPARE,
    find_measure,
    find_named_field,
    find_owed,
    label_field,
    list_stock_fields,
    read_total,
)
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.questions.continued import read_shown_set
from agent.resolve.rules.grammar.questions.plain import read_one_kind
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, is_over, read_restricted
from agent.resolve.rules.grammar.questions.takings import (
    read_sum_of_ours,
    read_sum_within,
    read_takings,
    read_total_of_all,
)
from agent.resolve.rules.grammar.questions.verb_questions import read_left, read_price
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.coverage.weighty_patterns import UNITS
from language.stems import is_past, stem
from language.text import word_set
from registry.records import Field, RecordKind

_TOTALS: Final = word_set("total sum combined")
_AVERAGES: Final = word_set("average mean")
_SIZES: Final = word_set("amount amounts value values worth price prices money sum total size much big large")
TOGETHER: Final = word_set("total altogether overall together sum worth")
_SUMMED: Final = (("come", "to"), ("add", "up", "to"), ("amount", "to"), ("sum", "up", "to"), ("total",))
_LEADS: Final = word_set("what what's is are was were the our calculate give show tell me us have")
_NUMBERS: Final = ("money_minor", "number", "integer")
_PAID: Final = frozenset(map(stem, ("pay", "owe", "spend", "cost")))
_BY: Final = word_set("by per")
_EVERY: Final = _BY | {"each", "every"}
_ASKING: Final = word_set("who which what how when where is are does do")
_IDLE: Final = word_set("are is were there do does we still been")


def drop_place(find: Find) -> Find:
    """A phrase's query without its position, so that all its records are meant."""
    if find.order is not None:
        return find.model_copy(update={"pick": "one"}) if find.pick == "all" else find
    return find.model_copy(update={"pick": "all"})


def read_breakdown(reader: Reader, kind: RecordKind, index: int, stop: int) -> tuple[Field, int, int] | None:
    """The grouping field, and where its words begin and end: "(how many …) by status, per agent, does each agent have
    (this week)"."""
    for at in range(index + 1, stop):
        if reader.low(at) in _EVERY and reader.low(at + 1) == "month" and (day := _find_day(reader, kind, index, at)):
            return day, at, at + 2
        each = reader.low(at) in DO and reader.low(at + 1) == "each"
        if reader.low(at) not in _BY and not each:
            continue
        step = at + 1 + each
        noun = reader.noun(step)
        for end in range(stop, step, -1):
            theirs = f"{noun[0].name}_name" if noun is not None and step + noun[1] == end else ""
            field = find_named_field(kind, reader, step, end) if not each else None
            field = field or next((one for one in kind.fields if one.name == theirs), None)
            held = each and reader.low(end) in HOLDS
            asked = not each or held or reader.low(at) in HOLDS  # not "does each agent close"
            if asked and field is not None and field.type in ("enum", "boolean", "string", "currency", "id"):
                return field, at, end + held
    return None


def _find_day(reader: Reader, kind: RecordKind, index: int, stop: int) -> Field | None:
    """The day by which records are counted over the months: that of the state that they are in, or of their order."""
    for at in range(index, stop):
        state = reader.state(at, kind)
        day = reader.date_field(kind, at) if state is not None else None
        day = day or (find_day_of_state(kind, state[0].state) if state and isinstance(state[0], StateIs) else None)
        if day is not None:
            return day
    line = kind.field_named(kind.order or "")
    return line if line is not None and line.type in DATES else None


def _restrict(reader: Reader, phrase: Phrase, grouped: tuple[Field, int, int] | None, stop: int) -> Find | None:
    """The records of a phrase with everything after it but for the grouping field."""
    find = read_restricted(reader, phrase, grouped[1] if grouped is not None else stop)
    rest = Phrase(find, phrase.first, grouped[2], True) if find is not None and grouped is not None else None
    return read_restricted(reader, rest, stop) if rest is not None else find


def read_aggregate(reader: Reader, index: int, stop: int) -> Answer | None:
    """A sum or average over a phrase's records, with every word read."""
    at = index
    while reader.low(at) in _LEADS and at < stop:
        at += 1
    if (taken := read_takings(reader, at, stop)) is not None:
        return ValueAnswer(value=taken)
    word = reader.low(at)
    if word not in _TOTALS | _AVERAGES:
        return _in_total(reader, index, stop) or _ends_in_total(reader, index, stop)
    average = word in _AVERAGES
    if at + 1 < stop and (whole := _sum_of_field(reader, at + 1, stop, stop, average=average)) is not None:
        return whole
    of = next((step for step in range(at + 1, min(at + 5, stop)) if reader.low(step) in {"of", "for", "on"}), None)
    tries = [(at + 1, at + 1)] + ([(at + 1, of + 1)] if of is not None else [])
    rest = at + 1 + (of == at + 1)
    tries += [(rest, rest + 3)] if reader.low(rest) in {"what's", "what"} and reader.low(rest + 1) == "left" else []
    for label, first in tries:
        end = first - 1 if first > label else label
        made = _over(reader, label, end, first, stop, average=average)
        if made is not None:
            return made
    parts = (_sum_of_field(reader, at + 1, end, stop, average=average) for end in range(stop - 1, at + 1, -1))
    return next((each for each in parts if each is not None), None)


def _sum_of_field(reader: Reader, at: int, end: int, stop: int, *, average: bool) -> ValueAnswer | None:
    """The sum of a field that one kind alone has, named up to ``end``: "total balance, (average) fee in May"."""
    named = [(kind, find_named_field(kind, reader, at, end)) for kind in reader.kinds.values()]
    sums = [(kind, each) for kind, each in named if each is not None and each.type in _NUMBERS]
    sums = [one for one in sums if label_field(one[1]) == " ".join(reader.lows(at, end - at))] or sums
    if len(sums) != 1 or reader.noun(at) is not None or (end < stop and is_past(label_field(sums[0][1]).split()[0])):
        return None  # refunds in May are of the day of the refund
    find = read_restricted(reader, Phrase(Find(record=sums[0][0].name, pick="all"), at, end, True), stop)
    if find is None or find.order is not None:
        return None
    if is_past(label_field(sums[0][1]).split()[0]):  # "total refunded": of those of which something was
        some = Compare(field=sums[0][1].name, op=">", value=Number(number=Decimal(0), quote=reader.words(at, end)))
        find = find.model_copy(update={"where": (*find.where, some)})
    return ValueAnswer(value=TotalOf(field=sums[0][1].name, of=find, average=average))


def _over(reader: Reader, label: int, end: int, first: int, stop: int, *, average: bool) -> Answer | None:
    """The sum of the field named from ``label`` to ``end``, over the phrase that begins at ``first``."""
    if end <= label and not average and (whole := _everything(reader, first, stop)) is not None:
        return ValueAnswer(value=whole)
    phrase = read_shown_set(reader, first, stop) or read_phrase(reader, first, stop, None)
    if phrase is None or not phrase.noun:
        return None
    kind = reader.kinds[phrase.find.record]
    grouped = read_breakdown(reader, kind, first, stop)
    find = _restrict(reader, phrase, grouped, stop)
    told = next((at for at in range(first, phrase.last) if at in reader.telling_nouns), None)
    own = find_sum_of_deed(kind, reader.low(told)) if told is not None and end <= label else None
    own = find_rest(kind) if reader.lows(label, end - label)[1:] == ("left",) else own
    field = own or (_find_summed_field(reader, kind, find, label, end) if find is not None else None)
    if find is None or field is None or find.order is not None or (find.said is not None and find.pick == "one"):
        return None
    total = TotalOf(field=field, of=drop_place(find), average=average)
    return ValueAnswer(value=total, by=grouped[0].name if grouped is not None else None)


def _is_plain_name(find: Find) -> bool:
    return find.said is not None and not any(map(str.isdigit, find.said.text))


def _everything(reader: Reader, at: int, stop: int) -> TotalOf | None:
    """A sum over records of the one kind that fits the condition: "(the total of) everything overdue, all that Ada has
    paid"."""
    at += reader.low(at) in {"still", "currently"}
    stated = any(each.size and reader.state(at, each) is not None for each in reader.kinds.values())
    if stated or reader.lows(at - 1, 2) == ("still", "to"):
        return read_total_of_all(reader, at, stop)  # "(total) open in GBP"
    if reader.low(at) not in {"everything", "all", "what", "whatever"}:
        return None
    return read_total_of_all(reader, at + 1 + (reader.low(at + 1) in lexicon.RELATIVES), stop)


def _find_summed_field(reader: Reader, kind: RecordKind, find: Find, label: int, end: int) -> str | None:
    """The field to add up: the one that the words name, or the one that these records are summed over."""
    said = [at for at in range(label, end) if reader.low(at) not in lexicon.DETERMINERS | {"our"}]
    if not said or all(reader.low(at) in _SIZES for at in said):
        return kind.size if kind.size in reader.lows(label, end - label) else find_sum(kind, find)
    field = find_named_field(kind, reader, said[0], said[-1] + 1) or find_measure(kind, reader.low(said[0]))
    return field.name if field is not None and field.type in _NUMBERS else None


def _in_total(reader: Reader, index: int, stop: int) -> Answer | None:
    """A total: "how much are the open bills in total"."""
    if reader.lows(index, 2) == ("how", "much"):
        at = index + 2
    elif reader.low(index) == "what":
        at = index + 1
    else:
        return None
    last = stop
    while last > at and reader.low(last - 1) in TOGETHER | {"in", "all"}:
        last -= 1
    summed = next((len(words) for words in _SUMMED if reader.lows(last - len(words), len(words)) == words), 0)
    last -= summed if reader.low(at) in {"do", "does"} else 0
    if reader.low(at) not in BE | {"do"} or (reader.low(index) == "what" and last == stop):
        return None  # "what are the open bills": which ones
    phrase = read_phrase(reader, at + 1, last, None)
    if phrase is None or not phrase.noun or phrase.find.pick != "all":
        return None
    find = read_restricted(reader, phrase, last)
    whole = find if find is not None and find.order is None and find.said is None else None
    field = find_sum(reader.kinds[whole.record], whole) if whole is not None else None
    return ValueAnswer(value=TotalOf(field=field, of=whole)) if whole is not None and field is not None else None


def _ends_in_total(reader: Reader, index: int, stop: int) -> Answer | None:
    """A total that is asked for behind its records: "open bills total, bills issued in May, sum"."""
    last = stop - 1
    while last > index and (reader.is_mark(last - 1) or reader.low(last - 1) in {"in", "and", "the"}):
        last -= 1
    if reader.low(stop - 1) not in _TOTALS or (reader.noun(index) is None and reader.low(index) in _ASKING):
        return None
    return _over(reader, index, index, index, last, average=False)


def read_counted(reader: Reader, at: int, stop: int) -> Answer | None:
    """A count of a phrase's records, grouped if that is asked: "(how many) open tickets by priority"."""
    phrase = read_shown_set(reader, at, stop) or read_phrase(reader, at, stop, None)
    if phrase is None or not phrase.noun:
        return None
    kind = reader.kinds[phrase.find.record]
    grouped = read_breakdown(reader, kind, at, stop)
    if grouped is not None:
        phrase = read_shown_set(reader, at, grouped[1]) or read_phrase(reader, at, grouped[1], None) or phrase
        find = _restrict(reader, phrase, grouped, stop)
        if find is not None:
            return ValueAnswer(value=CountOf(of=drop_place(find)), by=grouped[0].name)
    find = read_restricted(reader, phrase, stop)
    stocks = list_stock_fields([kind]) if find is not None and find.said is not None else []
    if find is not None and len(stocks) == 1:  # "(how many) folding chairs have we got"
        return RecordsAnswer(records=find, fields=(stocks[0][1].name,))
    return ValueAnswer(value=CountOf(of=drop_place(find))) if find is not None else None


HELD: Final = HOLDS | word_set("on in at from of with use uses speak speaks live lives come comes")
_NUMBER: Final = word_set("number no nr #")


def read_how_many(reader: Reader, index: int, stop: int) -> Answer | None:
    step = index
    while reader.low(step) in {"what", "what's", "is", "the", "total"}:
        step += 1
    if reader.low(index + 1) == "many" and OSA.distance(reader.low(index), "how") <= 1:
        at = index + 2 + (reader.low(index + 2) == "of")
    elif reader.low(step) in _NUMBER and reader.low(step + 1) == "of":
        at = step + 2
    elif reader.low(index) == "count":
        at = index + 1
    else:
        return None
    counted = _counted_field(reader, at, stop) or read_counted(reader, at, stop)
    counted = counted or (read_left(reader, at, stop) if reader.noun(at) is None else None)
    of_one = read_one_kind(reader, at, stop) if counted is None and stop > at else None
    return counted or (ValueAnswer(value=CountOf(of=of_one)) if of_one is not None else None)


def _counted_field(reader: Reader, at: int, stop: int) -> Answer | None:
    """A number that a record holds: "(how many) seats does 7 have, seats are left for the gala, are sold for it"."""
    end = stop
    while end > at and reader.low(end - 1) in HELD | {"left", "still", "out", "got", "now"}:
        end -= 1
    tail = [word for word in reader.lows(end, stop - end) if word == "left"]
    for step in range(at + 1, min(at + 6, end)):
        said = [stem(word) for word in (*reader.lows(at, step - at), *tail) if word not in HELD | _IDLE]
        joins = reader.low(step) in {"of", "for", "in", "on", "has", "have"} | DO | BE
        finds = list_meant(reader, step + 1, end) if joins else []
        counts = [(find, each) for find in finds for each in reader.kinds[find.record].fields if find.pick == "one"]
        made = [RecordsAnswer(records=find, fields=(each.name,)) for find, each in counts if _counts(each, said)]
        if made:
            return take_first(reader, made)
    return None


def _counts(each: Field, said: Sequence[str]) -> bool:
    """Whether the words are a number field's: "seats left", or "tickets sold" where that is called "sold"."""
    label = label_field(each).split()
    aside = len(label) == 1 and len(said) > 1 and is_past(label[0])
    plain = [stem(word) for word in label if word not in SPARE]
    counted = [word for word in said if word not in UNITS]  # "holiday days left" of what is called "holiday left"
    named = sorted(map(stem, label)) in (sorted(said[aside:]), sorted(counted)) or (plain and plain == [*said])
    return each.type in ("number", "integer") and bool(named)


def _owed_to_us(reader: Reader, at: int, stop: int) -> Answer | None:
    """What is owed to us: "(what) are we still owed"."""
    if reader.lows(at, 2) != ("are", "we"):
        return None
    at += 2 + (reader.low(at + 2) in {"still", "currently"})
    owed = find_owed(reader) if reader.low(at) == "owed" else None
    find = read_restricted(reader, Phrase(owed, at, at + 1, True), stop) if owed is not None else None
    field = find_sum(reader.kinds[find.record], find) if find is not None and find.order is None else None
    return ValueAnswer(value=TotalOf(field=field, of=find)) if field is not None and find is not None else None


def read_how_much(reader: Reader, index: int, stop: int) -> Answer | None:
    if reader.low(index) == "what" and (ours := _owed_to_us(reader, index + 1, stop)) is not None:
        return ours
    if reader.low(index) == "what" and (theirs := read_total(reader, index + 1, stop)) is not None:
        shown = isinstance(theirs[0].of, Find) and is_over(reader, theirs[1], stop)
        return RecordsAnswer(records=theirs[0].of) if shown else None  # "(show me) what Ada owes"
    owing = reader.low(index) in {"what", "what's"} and "owing" in reader.lows(stop - 2, 2)
    if owing or (reader.low(index) == "what" and reader.low(index + 1) in DO):
        total = read_total(reader, index + 1 + (reader.low(index) == "what"), stop)
        if total is None or not is_over(reader, total[1], stop):
            return None
        return _told_things(reader, total[0], index, stop) or ValueAnswer(value=total[0])
    if reader.lows(index, 2) != ("how", "much"):
        return None
    did = reader.lows(index + 2, 2) in {("did", "we"), ("have", "we")}
    if did and (made := read_sum_of_ours(reader, index + 4, stop)) is not None:
        return ValueAnswer(value=made)
    at = index + 2 + (reader.low(index + 2) == "money")
    if (came_in := read_takings(reader, at, stop)) is not None:
        return ValueAnswer(value=came_in)
    label = at
    while at < stop and reader.low(at) not in BE | DO:
        at += 1
    verb = reader.low(at)
    noun = reader.noun(label) if verb in BE else None
    if noun is not None and label + noun[1] == at and noun[0].size is not None:  # "how much rent is outstanding"
        find = read_restricted(reader, Phrase(Find(record=noun[0].name, pick="all"), label, at, True), stop, told=True)
        if find is None or find.order is not None or find.bare:
            return None
        return ValueAnswer(value=TotalOf(field=find_sum(noun[0], find) or noun[0].size, of=find))
    if at > label:
        return None
    # Our own deeds ("did we pay") are in no record of theirs.
    held = reader.lows(at, 2) == ("do", "we") and reader.low(at + 2) in HOLDS
    told = at + 3 if held else at + 1
    if verb in BE or held:
        whole = read_sum_within(reader, told, stop) or read_total_of_all(reader, told, stop)
        if whole is not None:
            return ValueAnswer(value=whole)
        end = stop - (reader.low(stop - 1) == "worth")
        if not held and (priced := read_price(reader, told, end)) is not None:  # "how much is Ada's plan (worth)"
            return priced
    if verb in DO:
        total = read_total(reader, at + 1, stop)
        return ValueAnswer(value=total[0]) if total is not None and is_over(reader, total[1], stop) else None
    return None


def _told_things(reader: Reader, total: TotalOf, index: int, stop: int) -> RecordsAnswer | None:
    """What somebody's records are of, unless a sum is asked for: "what did Ada order", but not "what did Ada pay"."""
    kind = reader.kinds[total.of.record] if isinstance(total.of, Find) else None
    paid = any(find_base_form(stem(reader.low(at))) in _PAID for at in range(index, stop))
    if kind is None or paid or not isinstance(total.of, Find):
        return None
    things = [each for each in kind.relations if each.kind in reader.kinds and not is_person(reader.kinds[each.kind])]
    names = [f"{each.via.removesuffix('_id')}_name" for each in things]
    told = tuple(each.name for each in kind.fields if each.name in names)
    return RecordsAnswer(records=total.of, fields=told) if told else None


def read_labelled_field(reader: Reader, about: Sequence[Find], first: int, last: int) -> Answer | None:
    """The field with this label, of the one of these records whose kind has it, or else of the one thing that belongs
    to them."""
    held = [(find, find_named_field(reader.kinds[find.record], reader, first, last)) for find in about]
    # "Tickets" means the records, whatever their number is called; and Ada's "dogs" the dogs, not those of her stays.
    noun = reader.noun(first)
    named = noun is not None and first + noun[1] == last
    made = [
        (find, own.name)
        for find, own in held
        if own
        and (noun is None or (own.type != "id" and not (named and own.type == "string" and _is_plain_name(find))))
    ]
    return take_first(reader, [RecordsAnswer(records=find, fields=(name,)) for find, name in made])
