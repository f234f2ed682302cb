"""Possession: reads what records have ("with an overdue invoice", "without a subscription", "who have more than two
visits")."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.extract.references.vocabulary import PLACES, find_doer_field, is_person
from agent.planning.proposal import (
    BelongsTo,
    Compare,
    Comparison,
    Condition,
    Find,
    First,
    Has,
    Number,
    OrderByCount,
    OrderByField,
    StateIs,
    Word,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, find_day_of_state, find_sum
from agent.resolve.rules.grammar.phrases.fields import (
    NUMERIC,
    find_compared_field,
    find_counted_field,
    find_named_field,
    label_field,
    list_stock_fields,
    read_comparison,
    read_number,
    read_some_left,
    skip_left,
)
from agent.resolve.rules.grammar.phrases.phrase_parts import (
    FIRSTS,
    Phrase,
    PhraseParts,
    add_noun_state,
    count_placing,
    guess,
    negate_condition,
)
from agent.resolve.rules.grammar.phrases.places_and_deeds import read_held_by_theirs
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.told_fields import find_back, leave_out
from language.stems import is_past, stem
from language.text import singularize
from registry.records import Field, RecordKind, Relation

_TURNED: Final[dict[Comparison, Comparison]] = {">=": "<", ">": "<=", "<=": ">", "<": ">=", "=": "!="}
"""What holds where a comparison doesn't."""
_NOBODY: Final = frozenset(("nobody", "none", "no one", "no-one"))
_IS_ON: Final = frozenset(("is", "are", "was", "currently", "still", "now", "already", "yet", "ever"))
_UPON: Final = frozenset(("on", "at", "after", "with", "for"))
_MOST_OF_FIELD: Final = 4  # words of a field's name
_HAVE: Final = frozenset(("have", "has", "haven't", "hasn't"))


def read_having(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int, *, negated: bool = False) -> int:
    """Reads "with the fewest visits", "without a subscription" or "who have more than two unpaid invoices".
    ``negated``: a negation came before ("that don't have any")."""
    low = reader.low(at)
    if low not in lexicon.HAVING | {"without"} or (negated and low == "without"):
        return 0
    denied = negated
    negated, step, count = negated or low == "without", at + 1, 1
    op: Comparison = ">="
    if reader.low(step) in {"no", "not"}:
        negated, step = True, step + 1
    superlative: First | None = None
    most = step + (reader.low(step) == "the")
    if not (denied or negated) and (ranked := _read_place_by_field(reader, made.kind, most, stop)) is not None:
        made.order = ranked[0]
        return ranked[1]
    if reader.low(most) in {"most", "fewest", "least"} and (most > step or reader.noun(most + 1) is not None):
        if denied:
            return 0
        superlative = "highest" if reader.low(most) == "most" else "lowest"
        step = most + 1
    elif (found := reader.comparison(step)) is not None:
        op, step = found[0], step + found[1]
    held = reader.numbers.get(step)
    if superlative is None and held is not None and held.kind == "cardinal" and not held.unit and not held.vague:
        after = reader.end_index(held.end)
        if op == ">=" and not finds_comparison(reader, at, step):
            op = ">=" if depth else "="
        count, step = int(held.value), after
    elif superlative is None and reader.low(step) == "one" and finds_comparison(reader, at, step):
        step += 1  # "more than one"
    any_left = reader.asks and op == ">=" and held is None
    some = read_some_left(reader, made.kind, step, stop, denied=negated) if any_left else None
    phrase = made.read(reader, step, stop, None, depth + 1) if some is None else None
    if some is not None:
        if superlative is not None:
            made.order = OrderByField(by=some[0].field, first=superlative)
        else:
            made.where.append(some[0])
        return some[1]
    counted = held if step < stop and reader.noun(step) is None and not negated else None
    number = Number(number=Decimal(count), quote=reader.words(at + 1, step)) if counted is not None else None
    counted_op = op if finds_comparison(reader, at, step) else "="
    own = _read_counted_field(reader, made.kind, step) if counted is not None else None
    if number is not None and own is None and (theirs := _read_counted_of_theirs(reader, made.kind, step, stop)):
        worth = Compare(field=theirs[1], op=counted_op, value=number)
        made.where.append(Has(related=Find(record=theirs[0].name, where=(worth,), pick="all")))
        return theirs[2]
    some_of = step + (reader.low(step) in {"any", "some"} or (reader.asks and reader.low(step) in {"a", "an"}))
    if held is None and superlative is None and (held_now := find_counted_field(made.kind, reader, some_of)):
        field, end = held_now  # "(customers) with boxes"
        made.where.append(Compare(field=field.name, op="=" if negated else ">", value=Number(number=Decimal(0))))
        return end
    flag = reader.state(some_of, made.kind) if reader.asks else None
    if flag is not None and isinstance(flag[0], Compare):  # "(berths) without power"
        made.where.append(negate_condition(made.kind, flag[0]) if negated else flag[0])
        return some_of + flag[1]
    if number is not None and own is not None:
        made.where.append(Compare(field=own[0].name, op=counted_op, value=number))
        return own[1]
    role = _find_role(reader, made.kind, some_of) if phrase is None or not phrase.noun else None
    if role is not None and superlative is None and op == ">=" and count == 1:
        related = Find(record=role.kind, pick="all")
        made.where.append(Has(related=related, op="=" if negated else ">=", count=int(not negated)))
        return some_of + 1
    if negated and reader.asks and (lacked := _find_lacked(reader, made.kind, some_of, stop)) is not None:
        made.where.append(Compare(field=lacked[0].name, op="=", value=Word(word=None)))
        return lacked[1]
    if (phrase is None or not phrase.noun) and reader.asks and superlative is None and op == ">=":
        deed = _read_noun_of_deed(reader, made.kind, step)
        if deed is not None:
            made.where.append(Has(related=deed[0], op="=" if negated else ">=", count=0 if negated else count))
            return deed[1]
    if phrase is None or not phrase.noun or not reader.related(made.kind, reader.kinds[phrase.find.record]):
        return (
            0 if denied or not reader.asks else read_comparison(reader, made, at + 1) or read_number(reader, made, at)
        )
    placed = phrase.find.pick == "one" and isinstance(phrase.find.order, OrderByField) and not negated
    if reader.asks and placed and superlative is None and (op, count) == (">=", 1):
        if not reader.leads(reader.kinds[phrase.find.record], made.kind):
            return 0
        made.where.append(BelongsTo(owner=phrase.find))  # "(who has) the oldest open bill"
        return phrase.last
    related, last = _with_states(reader, phrase, step, stop, verb=low in {"has", "have", "had"})
    if superlative is not None:
        made.order = OrderByCount(count=related, first=superlative)
    elif negated:
        plain = op == ">=" and count == 1
        made.where.append(Has(related=related, op="=" if plain else _TURNED[op], count=0 if plain else count))
    else:
        made.where.append(Has(related=related, op=op, count=count))
    return last


def _read_place_by_field(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[OrderByField, int] | None:
    """A position in the line of a field that is named behind it, and where its words end: "lowest price"."""
    length = count_placing(reader, at)
    position, by, descending = PLACES[" ".join(reader.lows(at, length))] if length else (0, None, False)
    for end in range(min(at + length + _MOST_OF_FIELD, stop), at + length, -1) if by is not None else ():
        field = find_named_field(kind, reader, at + length, end)
        if field is not None and field.type in (DATES if by == "order" else NUMERIC):
            return OrderByField(by=field.name, first=FIRSTS[by, descending], nth=abs(position)), end
    return None


def _find_role(reader: Reader, kind: RecordKind, at: int) -> Relation | None:
    """The relation that a word is the name of: "(which plots have no) keeper", of those whom a ``keeper_id`` names."""
    for each in kind.relations if reader.asks else ():
        role = each.via.removesuffix("_id")
        named = kind.field_named(f"{role}_name")
        names = {role, *((label_field(named), *named.words) if named is not None else ())}
        alone = sum(other.kind == each.kind for other in kind.relations) == 1
        if alone and each.kind in reader.kinds and names & {reader.low(at), singularize(reader.low(at))}:
            return each
    return None


def _find_lacked(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[Field, int] | None:
    """A field that may be empty, by its name: "(who has) no phone number, (which jobs have) no assignee"."""
    for end in range(min(stop, at + 3), at, -1):
        field = find_named_field(kind, reader, at, end) if reader.noun(at) is None else None
        if field is not None and field.type in ("string", "email", "enum"):
            return field, end
    return None


def _read_counted_of_theirs(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[RecordKind, str, int] | None:
    """The field of a number that what belongs to somebody holds: "(who has) fewer than 2 rides left", on their pass."""
    for end in range(min(stop, at + 3), at, -1) if reader.asks else ():
        below = [each for each in reader.kinds.values() if each.relation_to(kind.name) is not None]
        held = [(each, find_named_field(each, reader, at, end)) for each in below]
        found = [(each, field.name, end) for each, field in held if field and field.type in ("integer", "number")]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _read_counted_field(reader: Reader, kind: RecordKind, at: int) -> tuple[Field, int] | None:
    """The field of a number, behind it: "(bookings) with more than 10 people, (items) with under 5 in stock"."""
    end = skip_left(reader, at)
    stocks = [each for _, each in list_stock_fields([kind])] if end > at else []
    own = stocks[0] if len(stocks) == 1 else find_named_field(kind, reader, at, at + 1)
    if own is not None and own.type in NUMERIC:
        return own, max(end, at + 1)
    return find_counted_field(kind, reader, at)


def _read_noun_of_deed(reader: Reader, kind: RecordKind, at: int) -> tuple[Find, int] | None:
    """What was done with something of theirs, by its noun: "(who got) a refund in May" is whose bill was refunded."""
    while reader.low(at) in lexicon.DETERMINERS:
        at += 1
    word, found = stem(reader.low(at)), []
    for other in reader.kinds.values() if word else ():
        theirs = other.relation_to(kind.name) is not None
        states = [each for each in other.states if theirs and is_past(each) and stem(each) == word]
        day = find_day_of_state(other, states[0]) if states else None
        spent = reader.when(at + 1, day.name) if day is not None else None
        if states and (spent is not None or at + 1 not in reader.ranges):
            where = (StateIs(state=states[0]), *(spent[0] if spent is not None else ()))
            find = Find(record=other.name, where=where, pick="all")
            found.append((find, spent[1] if spent is not None else at + 1))
    return found[0] if len(found) == 1 else None


def read_worth_of_theirs(reader: Reader, made: PhraseParts, at: int) -> int:
    """An amount of what somebody has, beside its state: "(everyone who is) overdue with more than 40 dollars", "with
    over 100 euros overdue"."""
    start = at + (reader.low(at) in {"with", "by", "for"})
    found = reader.comparison(start)
    amount = reader.amount(start + found[1]) if found is not None and found[1] else None
    if found is None or amount is None or reader.duration(start + found[1]) or reader.noun(amount[1]) is not None:
        return 0
    before, last = list(made.where), amount[1]
    if not made.where or not isinstance(made.where[-1], Has):
        last = read_held_by_theirs(reader, made, last) if reader.state(last, made.kind) is None else 0
    held = made.where[-1] if last else None
    about = held.related if isinstance(held, Has) and isinstance(held.related, Find) else None
    kind = reader.kinds[about.record] if about is not None else None
    size = find_compared_field(kind, amount[0]) if kind is not None else None
    if isinstance(held, Has) and about is not None and kind is not None and size is not None:
        field = find_sum(kind, about) or size if size == kind.size else size
        worth = Compare(field=field, op=found[0], value=amount[0])
        related = about.model_copy(update={"where": (*about.where, worth)})
        made.where[-1] = held.model_copy(update={"related": related})
        return last
    made.where = before
    return 0


def read_state_behind(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """Where a state ends that stands right behind "everyone", as adjectives do there: "remind everyone overdue"."""
    held, own = PhraseParts(made.kind, made.read), reader.state(at, made.kind)
    if reader.asks or all(reader.state(at, each) is None for each in reader.kinds.values()):
        return at
    held.where += [own[0]] if own is not None else []
    last = at + own[1] if own is not None else read_held_by_theirs(reader, held, at, stop, depth)
    if last <= at or not (last >= stop or reader.is_mark(last) or reader.low(last) in lexicon.NAME_STOP):
        return at  # "tell everyone late fees are off"
    made.where += held.where
    return last


def _with_states(reader: Reader, phrase: Phrase, first: int, stop: int, *, verb: bool = True) -> tuple[Find, int]:
    """What somebody has, with the states in its noun ("a trial") and after it ("an invoice overdue"), and where it
    ends. In an order this needs a ``verb``: the last words may be a new value instead."""
    find, last = phrase.find, phrase.last
    kind = reader.kinds[find.record]
    where = list(find.where)
    noun = next((at for at in range(first, last) if (found := reader.noun(at)) and found[0].name == kind.name), None)
    if noun is not None and find.said is None:
        where = list(add_noun_state(kind, reader.low(noun), where))
    while (reader.asks or verb) and last < stop and (told := reader.state(last, kind)) is not None:
        if reader.noun(last + told[1]) is not None:
            break
        where.append(told[0])
        last += told[1]
    back = find_back(kind) if reader.asks and len(where) == len(find.where) else None
    where += [leave_out(kind, back)] if back is not None else []  # "(who) has a tablet", and hasn't returned it
    return find.model_copy(update={"pick": "all", "where": tuple(where)}), last


def read_held_by_anyone(reader: Reader, made: PhraseParts, at: int, upto: int | None = None) -> int:
    """Whether anybody handles the record: "(that) nobody has", "somebody is working on", "with nobody on them". 0 if
    that isn't said, or if no single kind of people does."""
    auxiliary = reader.low(at) if reader.low(at) in _HAVE else ""
    with_them = reader.low(at) == "with" or bool(auxiliary)
    step = at + 1 if with_them or reader.low(at) in lexicon.RELATIVES else at
    step += bool(auxiliary) and reader.low(step) == "got"
    length = 2 if reader.lows(step, 2) in (("no", "one"), ("any", "one")) else 1
    said = " ".join(reader.lows(step, length))
    denied, last = said in _NOBODY or (auxiliary.endswith("n't") and said in lexicon.EVERYONE), step + length
    held = [each for each in reader.doers(made.kind) if each.size is None or is_person(each)]  # nobody is a place
    field = find_doer_field(made.kind) if not held else None
    owner = reader.owner_of(made.kind) if not held and field is None else None
    held += [owner] if owner is not None and is_person(owner) else []  # a shift, which is somebody's
    if (not denied and said not in lexicon.EVERYONE) or (field is None and len(held) != 1):
        return 0
    while reader.low(last) in _IS_ON:
        last += 1
    handles = reader.low(last) in lexicon.HANDLING
    last += handles
    if reader.low(last) in _UPON:
        last += 1
        last += with_them and reader.low(last) in lexicon.PRONOUNS | lexicon.PLURALS
    elif not handles or with_them or (reader.low(last).isalpha() and reader.low(last) not in lexicon.NAME_STOP):
        return 0  # "nobody has paid": what nobody did, not what nobody has
    if upto is not None and last != upto:
        return 0
    if field is not None:
        made.where.append(Compare(field=field.name, op="=" if denied else "!=", value=Word(word=None)))
    else:
        related = Find(record=held[0].name, pick="all")
        made.where.append(Has(related=related, op="=" if denied else ">=", count=int(not denied)))
    return last


def deny_having(reader: Reader, held: Condition) -> Condition:
    """Negates a possession: by its opposite, if the platform has a word for it ("hasn't paid" has something unpaid), or
    else by having none."""
    if isinstance(held, Has) and isinstance(held.related, Find) and len(held.related.where) == 1:
        told = held.related.where[0]
        turned = negate_condition(reader.kinds[held.related.record], told)
        if isinstance(turned, StateIs) and not turned.negated:
            return held.model_copy(update={"related": held.related.model_copy(update={"where": (turned,)})})
    return held.model_copy(update={"op": "=", "count": 0})


def finds_comparison(reader: Reader, first: int, last: int) -> bool:
    """Whether a comparison stands between two places."""
    return any(reader.comparison(at) is not None for at in range(first, last))


def read_handled(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """Who handles it: "(that) Ada has", "Ada is working on"."""
    above = reader.owner_of(made.kind)
    spoken = reader.person if reader.low(at) in {"he", "she", "they", "he's", "she's"} else None
    if above is None or not (spoken or reader.tokens[at].capital):
        return 0
    end = reader.name(at, stop) if spoken is None else at + 1
    if end == at or (reader.tokens[end - 1].owns and spoken is None):
        return 0
    verb = end
    while reader.low(verb) in {"is", "was", "are", "currently", "still", "now", "ever"}:
        verb += 1
    if reader.low(verb) not in lexicon.HANDLING:
        return 0
    owner = spoken or Find(record=above.name, said=reader.words(at, end))
    made.where.append(BelongsTo(owner=guess(reader, made.kind, owner)))
    verb += 1
    if (state := reader.state(verb, made.kind)) is not None and reader.low(verb - 1) in lexicon.HAVING:
        made.where.append(state[0])  # "(what) Ada still has open"
        return verb + state[1]
    return verb + 1 if reader.low(verb) in {"on", "after", "with", "of"} else verb
