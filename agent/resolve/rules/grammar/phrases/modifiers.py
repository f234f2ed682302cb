"""Modifiers of a noun phrase: the words after the noun, its relative clauses, its topic and its name."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import EMAIL, rate_person_likeness
from agent.planning.proposal import BelongsTo, Condition, Find, First, Has, OrderByField, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import (
    find_line_of_arrival,
    join_verb,
    may_lie_ahead,
    takes_place,
)
from agent.resolve.rules.grammar.phrases.exceptions import read_exceptions
from agent.resolve.rules.grammar.phrases.fields import label_field, read_comparison, read_number
from agent.resolve.rules.grammar.phrases.having import (
    deny_having,
    read_handled,
    read_having,
    read_held_by_anyone,
    read_worth_of_theirs,
)
from agent.resolve.rules.grammar.phrases.phrase_parts import (
    PhraseParts,
    guess,
    negate_condition,
    read_listed_holder,
    read_named_owner,
    read_named_thing,
    read_value,
)
from agent.resolve.rules.grammar.phrases.places_and_deeds import (
    bound_by_now,
    bound_by_today,
    bound_to_future,
    find_line,
    find_since_field,
    is_born,
    is_day_of_theirs,
    read_doer,
    read_former_state,
    read_held_by_theirs,
    read_inside,
    read_its_thing,
    read_location,
    read_time,
    read_visits,
)
from agent.resolve.rules.grammar.reader import Reader
from language.common_words import is_everyday
from language.stems import is_past
from language.wordnet import is_word
from registry.records import Field, RecordKind

_LIGHT: Final = (lexicon.AUXILIARIES | lexicon.NOT) - {"has", "have", "had"}
_STRANDED: Final = frozenset(("to", "for", "with", "on", "by", "of"))
"""… where the relative pronoun is what they belong to: "that nobody is assigned to"."""
MOST_BEFORE: Final = 10


def read_after(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """Reads the words after the noun as far as possible. Returns where they end."""
    clause = False
    for _ in range(MOST_BEFORE):
        if at >= stop:
            break
        if clause and (more := _read_further_clause(reader, made, at, stop, depth)):
            at = more
            continue
        start = at + 1 if reader.tokens[at].text == "," and at + 1 < stop else at
        after = (
            read_doer(reader, made, start, stop)
            or _of_whose(reader, made, start, stop)
            or read_held_by_anyone(reader, made, start)
            or read_relative(reader, made, start, stop, depth)
            or (read_time(reader, made, start) if not (depth and reader.asks and made.said) else 0)
            or read_worth_of_theirs(reader, made, start)
            or read_comparison(reader, made, start)
            or read_number(reader, made, start)
            or read_having(reader, made, start, stop, depth)
            or read_location(reader, made, start, stop)
            or read_former_state(reader, made, start, stop)
            or _whose(reader, made, start, stop, depth)
            or read_inside(reader, made, start, stop)
            or ((depth or made.order or made.pick == "all") and read_its_thing(reader, made, start, stop, depth))
            or read_topic(reader, made, start, stop)
            or read_exceptions(reader, made, start, stop, depth)
        )
        if not after or after <= at:
            break
        clause = clause or reader.low(start) in lexicon.RELATIVES
        at = after
    return at


def _read_further_clause(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """One more predicate of a relative clause: "(who joined in May) and is on flex, and has an overdue bill"."""
    if reader.low(at) not in {"and", "but"} or at + 2 >= stop:
        return 0
    step = at + 1 + (reader.low(at + 1) in lexicon.RELATIVES)
    if reader.low(step) in {"has", "have", "had"}:
        return read_having(reader, made, step, stop, depth)
    if step == at + 1 and reader.low(step) not in lexicon.BE | lexicon.NOT:
        return 0
    return read_relative(reader, made, at + 1, stop, depth)


def _whose(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """An owner: "of Ada", "for customer 7", "belonging to her"."""
    low = reader.low(at)
    listed = made.plural and made.said is None
    listed = listed or (low == "with" and reader.asks and made.said is None)  # "is there a lesson with Ada"
    if (low in {"on", "with", "at"} and listed) or (low == "at" and made.said is not None):
        thing = read_named_owner(reader, made.kind, at + 1 + (reader.low(at + 1) == "the"), stop, plain=low == "at")
        made.where += [BelongsTo(owner=thing[0])] if thing is not None else []
        return thing[1] if thing is not None else 0
    if low not in lexicon.OF or at + 1 >= stop:
        return 0
    if reader.lows(at, 2) == ("of", "ours"):
        return at + 2
    start = at + 2 if low == "belonging" else at + 1
    if reader.asks and reader.low(start) == "the" and start + 1 < stop and reader.noun(start + 1) is None:
        start += reader.tokens[start + 1].capital  # "for the Spring Gala"
    token = reader.tokens[start] if start < stop else None
    phrase = made.read(reader, start, stop, None, depth + 1)
    if phrase is not None and phrase.noun:
        kind = reader.kinds[phrase.find.record]
        if low == "for" and made.kind.relation_to(kind.name) is None:
            return 0  # "Ada for unpaid bills" gives a reason: a customer belongs to no bill
        if kind.name != made.kind.name and reader.related(made.kind, kind):
            if not phrase.find.bare:
                made.where.append(BelongsTo(owner=phrase.find))
            return phrase.last
        return 0
    above = reader.owner_of(made.kind)
    if above is None or token is None or (step := read_listed_holder(reader, made, start, reader.name(start, stop))):
        return step if above is not None and token is not None else 0
    if match := EMAIL.match(reader.text.plain, token.start):
        last = reader.end_index(match.end())
        made.where.append(BelongsTo(owner=Find(record=above.name, said=reader.words(start, last))))
        return last
    if low in {"for", "by", "to", "at"} and not (token.capital or _may_own(reader, made, above, start)):
        return 0
    if reader.low(start) == "the" and rate_person_likeness(above) < 2:  # "the cleaning of the Long Barn"
        start += 1
    if (end := reader.name(start, stop)) == start:
        return 0
    person = Find(record=above.name, said=reader.words(start, end))
    if reader.tokens[end - 1].owns:
        thing = read_named_thing(reader, made.kind, end, stop, person)
        made.where += [BelongsTo(owner=thing[0])] if thing is not None else []
        return thing[1] if thing is not None else 0
    person = guess(reader, made.kind, person)
    reader.person = person
    made.where.append(BelongsTo(owner=person))
    return end


def _may_own(reader: Reader, made: PhraseParts, above: RecordKind, at: int) -> bool:
    """Whether a strange word in lower case is an owner's name: "the last bill for ada". Without an order it may as well
    be for whom something is done."""
    if made.order is None or not rate_person_likeness(above) or at in {*reader.dated, *reader.numbers}:
        return False
    return reader.tokens[at].word and not is_word(reader.low(at)) and not is_everyday(reader.low(at))


def _of_whose(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """A condition on related records: "(customers) whose invoices are overdue"."""
    if reader.low(at) != "whose":
        return 0
    phrase = made.read(reader, at + 1, stop, None, 0)
    if phrase is None or not phrase.noun or not phrase.find.where or phrase.find.said is not None:
        return 0
    if not reader.related(made.kind, reader.kinds[phrase.find.record]):
        return 0
    made.where.append(Has(related=phrase.find.model_copy(update={"pick": "all"})))
    return phrase.last


def read_relative(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """A relative clause: "that ended in May", "who is on pro", "Ada is working on", "that arrived by post"."""
    pronoun = reader.low(at) in lexicon.RELATIVES
    step = at + 1 if pronoun else at
    nobody = 1 if reader.low(step) in {"nobody", "none"} else 2 if reader.lows(step, 2) == ("no", "one") else 0
    negated, coming = nobody > 0, reader.asks and reader.low(step + nobody) == "will"
    step += nobody + coming
    while step < stop and reader.low(step) in _LIGHT:
        negated = negated or reader.low(step) in lexicon.NOT
        step += 1
    step -= (
        negated and reader.low(step - 1) == "got" and reader.low(step) in lexicon.DETERMINERS
    )  # "haven't got a lodge"
    if step >= stop:
        return 0
    plain = step == at
    if depth and reader.asks and not pronoun and not plain:
        return 0  # "which orders of the north round are packed": about the orders
    if pronoun and depth and reader.asks and reader.low(at) in {"that", "which"} and _is_of_another(reader, made, step):
        return 0  # "invoices of customers … that are overdue": about the invoices
    if (reader.low(step) in lexicon.HAVING and not plain) or (pronoun and reader.low(step) in lexicon.HAVING):
        having = read_having(reader, made, step, stop, depth, negated=negated)
        if having or not negated or nobody:
            return having
    handled = read_handled(reader, made, step, stop) if not (negated or coming) else 0
    if handled:
        return handled
    held = len(made.where)
    last = read_predicate(reader, made, step, stop, depth, negated=negated, plain=plain and not pronoun)
    if coming and any(isinstance(each, StateIs) for each in made.where[held:]):
        del made.where[held:]
        return 0  # what will be packed isn't yet
    return last + 1 if nobody and last and reader.low(last) in _STRANDED else last


def _is_of_another(reader: Reader, made: PhraseParts, at: int) -> bool:
    """Whether a state belongs to another kind and not to this one."""
    if reader.state(at, made.kind) is not None or reader.date_field(made.kind, at) is not None:
        return False
    return any(reader.state(at, each) is not None for each in reader.kinds.values() if each is not made.kind)


def read_predicate(
    reader: Reader, made: PhraseParts, at: int, stop: int, depth: int, *, negated: bool = False, plain: bool = False
) -> int:
    """A predicate of records: a state, a date, a comparison, a possession. A ``plain`` one has no verb, and is a state
    only if it is no word of the action ("the invoices overdue")."""
    if reader.asks and reader.low(at) in {"a", "an"} and reader.low(at - 1) in lexicon.BE | lexicon.NOT:
        at += reader.state(at + 1, made.kind) is not None  # "(who is) a member"
    off = reader.asks and reader.low(at) in {"off", "out"}
    at += off and reader.state(at + 1, made.kind) is not None  # "off sick", even where "off" is a state itself
    state = reader.state(at, made.kind)
    dated = reader.date_field(made.kind, at)
    unknown = state is None and dated is None and not plain
    if unknown and is_past(reader.low(at)) and read_value(reader, made.kind, at + 1):
        return read_predicate(reader, made, at + 1, stop, depth, negated=negated)  # "billed yearly"
    if state is not None and (not plain or (dated is not None and at + state[1] in reader.ranges)):
        return _read_state(reader, made, at, *state, negated=negated)
    step = at
    while reader.low(step) in {"on", "in", "the", "a", "an"}:
        step += 1
    begins = () if plain else (at, step) if negated and step > at else (at,)  # "in house", "not (on the) pro plan"
    last = next((end for each in begins if (end := read_held_by_theirs(reader, made, each, stop, depth))), 0)
    if last:
        if negated:
            made.where[-1] = deny_having(reader, made.where[-1])
        return last
    if negated and (undone := f"un{reader.low(at)}") in made.kind.states:
        made.where.append(StateIs(state=undone))  # "(haven't been) answered", where only "unanswered" is known
        return at + 1
    if negated:
        held = PhraseParts(made.kind, made.read)  # "not in Peru"
        last = read_inside(reader, held, at, stop) or read_location(reader, held, at, stop)
        made.where += [negate_condition(made.kind, each) for each in held.where]
        return last
    event = _read_event(reader, made, at, stop, dated, plain=plain)
    if event is not None:
        return event
    if last := _read_verb_with_place(reader, made, at, stop):
        return last
    if plain:
        deed = reader.asks and is_past(reader.low(at)) and at + 1 in reader.ranges
        return read_held_by_theirs(reader, made, at) if deed else 0
    return (
        read_comparison(reader, made, at)
        or read_number(reader, made, at)
        or read_inside(reader, made, at, stop)
        or read_having(reader, made, at, stop, depth)
    )


def _read_state(reader: Reader, made: PhraseParts, at: int, state: Condition, length: int, *, negated: bool) -> int:
    """A state, with the time since or at which it holds: "open since May", "paid last"."""
    made.where.append(negate_condition(made.kind, state) if negated else state)
    after = at + length
    timed = after in reader.ranges
    named = reader.date_field(made.kind, at) or find_since_field(reader, made.kind, state, after)
    if named is None:
        if timed and reader.asks and is_past(reader.low(at)) and is_born(made.kind):
            made.where.pop()
            return 0  # done at a time that no field records
        return after + (_is_particle(reader, after) or _is_now(reader, made.kind, at, after))
    planned = may_lie_ahead(named) and reader.ahead(after)  # "delivered tomorrow"
    if reader.asks and not negated and timed and (planned or reader.low(at) in label_field(named).split()):
        made.where.remove(state)  # "reported since Sunday", whatever became of it later
        return read_time(reader, made, after, named.name) or after
    after += _is_particle(reader, after)
    if negated and (after in reader.ranges or after in reader.dates):
        made.where.pop()
        return 0  # "not closed in May" leaves open what it denies
    return _ordered(reader, made, after, named.name) or read_time(reader, made, after, named.name) or after


def _is_now(reader: Reader, kind: RecordKind, at: int, after: int) -> bool:
    """Whether "today" beside a question's state means now, and not the day on which something was done or takes place:
    "(parcels that are) out today"."""
    lasts = kind.order is not None and not takes_place(kind, reader.low(at)) and not is_past(reader.low(at))
    return reader.asks and lasts and reader.low(after) == "today"


def _is_particle(reader: Reader, at: int) -> bool:
    """Whether a question's state goes on with a particle: "locked out"."""
    return reader.asks and reader.low(at) in {"out", "off", "up"}


def _read_event(
    reader: Reader, made: PhraseParts, at: int, stop: int, dated: Field | None, *, plain: bool
) -> int | None:
    """Something that has happened to records, by the verb of a ``dated`` field or one of arriving: "signed up in May",
    "came in by chat". None if the word is neither."""
    arrived = dated is None and join_verb(reader.low(at), reader.low(at + 1)) in lexicon.ARRIVED
    ahead = reader.asks and at + 1 in reader.ranges and not is_past(reader.low(at))
    arrived = arrived and not (ahead and is_day_of_theirs(reader, made, at))
    after = at + 1
    while reader.low(after) in lexicon.PARTICLES and after not in reader.ranges:
        after += 1
    ordering = reader.asks and reader.low(after) in {"last", "first", "most", "latest", "earliest"}
    timed = not plain or after in reader.ranges or ordering
    if not arrived and (dated is None or not timed):
        return None
    if arrived and (visited := read_visits(reader, made, at, after)):
        return visited
    if arrived:
        by = reader.low(after) in {"by", "via"}
        within = 0 if by else read_inside(reader, made, after - 1, stop)
        if within or by:
            return read_inside(reader, made, after, stop) or within
        if place := read_location(reader, made, after, stop):
            return place
    if order := _ordered(reader, made, after, dated.name if dated is not None else None):
        return order
    dated = dated or find_line_of_arrival(made.kind, reader.low(at))
    if dated is None:
        return 0  # "issued in May", where only the expiry is held
    line = (
        find_line(reader, made, after) if arrived and not is_past(reader.low(at)) else dated.name
    )  # "go out tomorrow"
    last = read_time(reader, made, after, line)
    if last and line is not None:
        # "Are planned this week" may still be to come.
        passive = reader.low(at - 1) in {"is", "are", "be", "being"}
        past = is_past(reader.low(at)) and not passive
        made.where += bound_by_now(reader, after, line) if past else bound_to_future(reader, at, after, line)
    return last


def _read_verb_with_place(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """Any verb before a place or a group: "run by the quarter", "pay in yen"."""
    verb = reader.low(at).isalpha() and reader.noun(at) is None and reader.low(at) not in lexicon.NAME_STOP
    stated = any(reader.state(at, each) is not None for each in reader.kinds.values())  # "overdue in yen"
    if not verb or stated or reader.low(at + 1) not in {"in", "by", "on", "with"}:
        return 0
    return read_location(reader, made, at + 1, stop) or read_inside(reader, made, at + 1, stop)


def _ordered(reader: Reader, made: PhraseParts, at: int, line: str | None) -> int:
    """An order by date: "that started last", "that came in first"."""
    most = reader.low(at) == "most" and reader.low(at + 1) == "recently"
    if not most and (reader.low(at) not in {"last", "first", "latest", "earliest"} or at in reader.ranges):
        return 0
    first: First = "latest" if most or reader.low(at) in {"last", "latest"} else "earliest"
    made.order = OrderByField(by=line, first=first) if line is not None else OrderByField(first=first)
    made.where += bound_by_today(reader, made.kind, at, line or "")
    return at + 1 + most


def read_topic(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """A topic or name: "about the VAT thing", "called Goodwill", "that mentions exports"."""
    low = reader.low(at)
    called = low in {"called", "named", "titled"}
    whose = low == "for" and not (made.where or made.order) and _plain_topic(reader, at + 1, stop)
    if not (low in lexicon.ABOUT or low == "where" or called or whose) or made.said is not None or at + 1 >= stop:
        return 0
    if not any(each.search in ("text", "name") for each in made.kind.fields):
        return 0
    first = at + 1
    while first < stop and reader.low(first) in lexicon.DETERMINERS:
        first += 1
    end = first
    lax = low == "where"
    while end < stop and not reader.is_mark(end) and (end == first or lax or reader.low(end) not in lexicon.NAME_STOP):
        end += 1
    if low == "on" and first in reader.dated:
        return 0
    if end == first or end - first > 6 + 3 * lax or reader.low(first) in lexicon.PRONOUNS:
        return 0
    made.said = reader.words(first, end)
    return end


def _plain_topic(reader: Reader, at: int, stop: int) -> bool:
    """Whether "for" introduces a topic: words in lower case, with no name, number, day or person."""
    while reader.low(at) in lexicon.DETERMINERS:
        at += 1
    if at >= stop or reader.tokens[at].capital or at in reader.dated or at in reader.numbers or at in reader.money:
        return False
    known = is_word(reader.low(at)) and reader.low(at) not in lexicon.NAME_STOP | lexicon.OWNERS
    noun = reader.noun(at)
    return known and (noun is None or not rate_person_likeness(noun[0]))
