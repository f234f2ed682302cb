"""Places and events: where records are ("from Lisbon", "in yen", "on the pro plan"), and who did what with them when
("(that) Ada paid in October", "created this week", "since May")."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from agent.extract.references.vocabulary import is_person, rate_person_likeness
from agent.planning.proposal import AnyOf, BelongsTo, Compare, Condition, Day, Find, Has, StateIs, Word
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import (
    DATES,
    TO_COME,
    ends_then,
    find_day_of_state,
    find_line_ahead,
    find_line_of_arrival,
    join_verb,
    may_lie_ahead,
    takes_place,
)
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.fields import label_field
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts, guess, negate_condition, read_value
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.time_stretches import is_times_own, read_month_before_noun, take_back
from language.date_forms import DAYS
from language.stems import KIN, ORDERS, is_past, stem
from registry.records import Field, RecordKind

_WINDOWS: Final = frozenset(
    {"in", "on", "from", "since", "of", "before", "after", "between", "for", "older", "dated", "last"}
)
_BORN: Final = frozenset({"from", "of", "for", "older", "dated"})
"""Words of when a record came to be, whatever became of it since."""
_NOW: Final = frozenset({"today", "tonight", "now"})


def find_day_before_noun(reader: Reader, kind: RecordKind, at: int) -> str | None:
    """The date of a state before the noun: "paid (invoices in October)"."""
    line = reader.date_field(kind, at)
    if line is not None and reader.low(at) in label_field(line).split():
        return line.name
    state = reader.state(at, kind) if line is None and is_past(reader.low(at)) else None
    since = find_day_of_state(kind, state[0].state) if state is not None and isinstance(state[0], StateIs) else None
    return since.name if since is not None else None


def read_month(reader: Reader, made: PhraseParts, at: int) -> int | None:
    """A month on the kind's own date, or on that of the deed that the noun is of: "her October invoice"."""
    line = find_line(reader, made, at)
    if line is None:
        return None
    when = reader.when(at, line) or read_month_before_noun(reader, at, line)
    if when is None:
        return None
    made.where += when[0]
    return when[1]


def read_times_own(reader: Reader, made: PhraseParts, at: int) -> int:
    """A time with a possessive: "tomorrow's (visits)". 0 if there is none."""
    return (read_month(reader, made, at) or 0) if is_times_own(reader, at) else 0


_MONTH: Final = 28  # days


def find_line(reader: Reader, made: PhraseParts, at: int) -> str | None:
    """The kind's day that a bare time is about: that of a state or noun before, or else its main one. What lies ahead
    is about the only day that may lie ahead; None if there are several."""
    low = reader.low(at)
    line = (made.line if low not in _BORN else made.own_line) or made.kind.order
    day, held = made.kind.field_named(line or ""), reader.ranges.get(at)
    if not reader.asks or day is None or day.type not in DATES or may_lie_ahead(day) or not reader.ahead(at):
        return line
    said = reader.lows(at, reader.end_index(held.end) - at) if held is not None else ()
    month = held is not None and held.low is not None and (held.high or held.low) - held.low >= timedelta(days=_MONTH)
    if (month and "next" not in said) or (low in _BORN - {"for"} and not DAYS.keys().isdisjoint(said)):
        return line  # "from Sunday": the last one
    ahead = find_line_ahead(made.kind)
    # "Due on Friday" is no last Friday, and who is in on Friday didn't join then.
    planned = reader.low(at - 1) in TO_COME or _has_days_ahead(made.kind) or is_person(made.kind)
    return ahead.name if ahead is not None else None if planned else line


def _has_days_ahead(kind: RecordKind) -> bool:
    return any(each.type in DATES and may_lie_ahead(each) and not ends_then(each) for each in kind.fields)


def is_day_of_theirs(reader: Reader, made: PhraseParts, at: int) -> bool:
    """Whether the verb is what a date of something of theirs is called: "(guests) arrive", where bookings do."""
    others = (each for each in reader.kinds.values() if each.relation_to(made.kind.name) is not None)
    days = (field for each in others for field in each.fields if field.type in DATES)
    return any(stem(label_field(each).split()[0]) == stem(reader.low(at)) for each in days)


def bound_by_now(reader: Reader, at: int, line: str) -> list[Condition]:
    """Limits an ongoing stretch of time to now, because the event has happened: "(trials that) ended this week"."""
    held = reader.ranges.get(at)
    held = take_back(reader, at, held, line) if held is not None else None
    if not reader.asks or held is None or (held.high is not None and held.high <= reader.now):
        return []
    return [Compare(field=line, op="<=", value=Day(date=reader.now.date().isoformat()))]


def bound_by_today(reader: Reader, kind: RecordKind, at: int, line: str) -> list[Condition]:
    """Leaves out what is over before the first of what a verb in the present tells: "(which pass) expires first"."""
    day = kind.field_named(line) if reader.asks and reader.low(at) == "first" else None
    if day is None or not may_lie_ahead(day) or is_past(reader.low(at - 1)):
        return []
    today = Day(date=reader.now.date().isoformat(), quote=reader.words(at, at + 1))
    return [Compare(field=day.name, op=">=", value=today)]


def bound_to_future(reader: Reader, verb: int, at: int, line: str) -> list[Condition]:
    """Limits a time without a start to the future, because the event hasn't happened: "(leases that) end before
    May"."""
    held = reader.ranges.get(at)
    said = join_verb(reader.low(verb), reader.low(verb + 1))
    if (
        not reader.asks
        or held is None
        or held.low is not None
        or is_past(said)
        or not (stem(said) in ORDERS | KIN.keys() or _is_verb_of(line, said))
    ):
        return []
    return [Compare(field=line, op=">=", value=Day(date=reader.now.date().isoformat()))]


def _is_verb_of(line: str, said: str) -> bool:
    """Whether a date is called by a verb in the present, and this is one of its forms: "expires" and "expiring"."""
    first = line.split("_")[0]
    return first.endswith("s") and stem(first) == stem(said)


def find_since_field(reader: Reader, kind: RecordKind, told: Condition, after: int) -> Field | None:
    """The date of a state, if a time follows and no date field of its own tells: "refunded in May"."""
    if not reader.asks or not isinstance(told, StateIs) or after not in reader.ranges:
        return None
    lasting = reader.low(after) == "since"
    return find_day_of_state(kind, told.state) if lasting or is_past(reader.low(after - 1)) else None


def is_born(kind: RecordKind) -> bool:
    """Whether the kind's main date is its creation ("issued") and so dates no later event. The date of a visit dates
    everything in it."""
    line = kind.field_named(kind.order or "")
    return line is not None and is_past(label_field(line).split()[0])


def read_deed(reader: Reader, kind: RecordKind, at: int, *, denied: bool, by_day: bool = False) -> Condition | None:
    """What a participle says: a state that it names, or else that its date has come. With ``by_day`` the date comes
    first, whatever became of the record since. None if it says neither, or can't be negated."""
    line = reader.date_field(kind, at)
    day = (
        Compare(field=line.name, op="<=", value=Day(date=reader.now.date().isoformat()))
        if line is not None and not denied
        else None
    )
    if by_day and day is not None:
        return day
    said = find_base_form(stem(reader.low(at)))
    done = [each for each, held in kind.states.items() if is_past(each) or not lexicon.STATE_FIELDS.isdisjoint(held)]
    state = next((each for each in done if find_base_form(stem(each)) == said), None)  # a "collection" is no deed
    if state is not None:
        condition = StateIs(state=state)
        return negate_condition(kind, condition) if denied else condition
    return day


def read_not_done_for_time(reader: Reader, kind: RecordKind, verb: int, stop: int) -> tuple[Find, int] | None:
    """Somebody's records that a negated verb is about, by their date: "(who hasn't) paid November, (who hasn't) paid
    for this month" is about their invoices."""
    at = verb + 1 + (reader.low(verb + 1) == "for")
    found = []
    timed = verb + 1 < stop and (
        reader.low(verb + 1) == "for" or reader.low(verb + 1) not in lexicon.NAME_STOP - {"this"}
    )
    for other in reader.kinds.values() if timed else ():
        line = other.order if other.relation_to(kind.name) is not None else None
        told = read_deed(reader, other, verb, denied=True) if line is not None else None
        spent = reader.when(verb + 1, line) or reader.when(at, line) if line and told is not None else None
        spent = spent or (read_month_before_noun(reader, at, line) if line and at < stop else None)
        if told is not None and spent is not None:
            found.append((Find(record=other.name, where=(told, *spent[0]), pick="all"), spent[1]))
    return found[0] if len(found) == 1 else None


_COMING: Final = frozenset(map(stem, ("come", "came", "coming")))
_PRESENT: Final = frozenset(("today", "now", "tonight", "currently"))
_PLACES: Final = frozenset(("town", "city", "place", "location", "region", "address", "village", "county"))


def read_location(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """A place that the kind holds: "from Lisbon, in Oslo"."""
    if reader.low(at) not in {"from", "in", "near"} or at + 1 >= stop or reader.country(at + 1, made.kind) is not None:
        return 0
    held = next(
        (
            each
            for each in made.kind.fields
            if each.type != "id" and not _PLACES.isdisjoint((each.label or each.name).lower().split("_"))
        ),
        None,
    )
    end = reader.name(at + 1, stop) if held is not None and reader.tokens[at + 1].capital else at + 1
    if held is None or end == at + 1 or at + 1 in reader.ranges or at in reader.ranges:
        return 0
    places = [reader.words(at + 1, end)]
    while reader.low(end) in {"or", "and", ","}:  # "in Oslo or (in) Bergen"
        first = end + 1 + (reader.low(end + 1) == reader.low(at))
        last = reader.name(first, stop) if first < stop and reader.tokens[first].capital else first
        if last == first:
            break
        places, end = [*places, reader.words(first, last)], last
    told = [Compare(field=held.name, op="contains", value=Word(word=each.text, quote=each)) for each in places]
    made.where.append(told[0] if len(told) == 1 else AnyOf(conditions=tuple(told)))
    return end


def read_inside(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """A value after a preposition: "in yen", "on the pro plan", "by phone", "(the fee) for spring"."""
    if at + 1 >= stop or reader.low(at) not in {"in", "on", "by", "via", "through", "from", "for"}:
        return 0
    if reader.low(at) == "from" and reader.country(at + 1, made.kind) is None:
        return 0
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS:
        step += 1
    if reader.low(at) == "for" and read_value(reader, made.kind, step) is None:
        return 0
    if (country := reader.country(step, made.kind)) is not None:
        made.where.append(country[0])
        return country[1]
    state = reader.state(step, made.kind)
    if state is None:
        return read_held_by_theirs(reader, made, step)
    made.where.append(state[0])
    return step + state[1]


def read_former_state(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """A present state that is about to change: "(all tickets) from open (to closed)"."""
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS:
        step += 1
    state = reader.state(step, made.kind) if reader.low(at) == "from" and step < stop else None
    if state is None or reader.low(step + state[1]) not in {"to", "into"}:
        return 0
    made.where.append(state[0])
    return step + state[1]


def read_visits(reader: Reader, made: PhraseParts, verb: int, at: int) -> int:
    """Whoever came at a time, where something of theirs takes place then: "(who) came on Monday" had a visit,
    whenever they became a customer."""
    came, kinds = reader.asks and is_person(made.kind) and stem(reader.low(verb)) in _COMING, reader.kinds.values()
    below = [each for each in kinds if came and each.relation_to(made.kind.name) and takes_place(each, "")]
    spent = reader.when(at, below[0].order or "") if len(below) == 1 else None
    if spent is None:
        return 0
    stands = [StateIs(state="cancelled", negated=True)] if "cancelled" in below[0].states else []
    by_now = bound_by_now(reader, at, below[0].order or "") if is_past(reader.low(verb)) else []
    made.where.append(Has(related=Find(record=below[0].name, where=(*spent[0], *by_now, *stands), pick="all")))
    return spent[1]


def read_held_by_theirs(reader: Reader, made: PhraseParts, at: int, stop: int = 0, depth: int = 0) -> int:
    """A state of somebody's record: "(everyone) on the pro plan, who is past due". Before ``stop`` a deed may have an
    object: "(who) booked the Old Mill"."""
    theirs = [each for each in reader.kinds.values() if each.relation_to(made.kind.name) is not None]
    told = [(each, reader.state(at, each)) for each in theirs]
    told.sort(key=lambda each: each[1] is not None and not isinstance(each[1][0], StateIs))  # a state of its own first
    for other, state in told:
        noun = reader.noun(at + state[1]) if state is not None else None
        if state is None or (noun is not None and noun[0].name != other.name):
            continue
        last = at + state[1] + (noun[1] if noun is not None else 0)
        if reader.asks and noun is None and reader.low(last) in lexicon.OWNERS:
            return 0  # "haven't paid their …": which of theirs is still to come
        where: tuple[Condition, ...] = (state[0],)
        if noun is None and last in reader.ranges and (is_past(reader.low(at)) or reader.low(last) not in _PRESENT):
            day = reader.date_field(other, at) or find_since_field(reader, other, state[0], last)
            spent = reader.when(last, day.name) if day is not None else None
            if day is None or spent is None:
                return 0  # when it was done is told, and no field says it
            where = (*spent[0],) if reader.low(at) in label_field(day).split() else (state[0], *spent[0])
            last = spent[1]
        if noun is None and is_past(reader.low(at)) and (thing := read_object(reader, made, other, last, stop, depth)):
            where, last = (*where, *thing[0]), thing[1]
        made.where.append(Has(related=Find(record=other.name, where=where, pick="all")))
        return last
    return 0


def read_object(
    reader: Reader, made: PhraseParts, kind: RecordKind, at: int, stop: int, depth: int
) -> tuple[tuple[Condition, ...], int] | None:
    """The object of what somebody did: their record itself ("(who lost) a key") or the thing that it is of, by noun,
    value or name ("(who booked) a room, the Old Mill")."""
    kinds = [reader.kinds[each.kind] for each in kind.relations if each.kind in reader.kinds]
    things = [each for each in kinds if each.name != made.kind.name and not is_person(each)]
    determined = reader.low(at) in lexicon.DETERMINERS | lexicon.EVERY
    start = at + determined
    if start >= stop:
        return None
    phrase = made.read(reader, at, stop, None, depth + 1)
    if phrase is not None and phrase.noun:
        find = phrase.find
        if find.record == kind.name and find.said is None and find.order is None and find.pick == "one":
            return find.where, phrase.last
        owned = find.record in {each.name for each in things}
        return ((BelongsTo(owner=find.model_copy(update={"pick": "all"})),), phrase.last) if owned else None
    for each in things if determined else ():
        value = reader.state(start, each)
        if value is not None:
            return (BelongsTo(owner=Find(record=each.name, where=(value[0],), pick="all")),), start + value[1]
    named = [each for each in things if rate_person_likeness(each)]
    end = reader.name(start, stop)
    if not named or end == start or not (determined or reader.tokens[start].capital):
        return None
    thing = Find(record=named[0].name, said=reader.words(start, end))
    return (BelongsTo(owner=guess(reader, kind, thing)),), end


def read_its_thing(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """The thing that records of a set are of, behind a preposition: "(everyone with a booking) in the Old Mill"."""
    if reader.low(at) not in {"in", "of"} or made.said is not None or at + 1 in reader.dated or at in reader.ranges:
        return 0
    thing = read_object(reader, made, made.kind, at + 1, stop, depth) if reader.low(at + 1) == "the" else None
    made.where += thing[0] if thing is not None else ()
    return thing[1] if thing is not None else 0


def read_doer(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """Who did it and when, by the kind's dates: "(that) Ada paid in October", "she opened this morning"."""
    above = reader.owner_of(made.kind)
    step = at + 1 if reader.low(at) in lexicon.RELATIVES else at
    if above is None or step >= stop:
        return 0
    if reader.low(step) in {"he", "she", "they"} and reader.person is not None:
        owner, verb = reader.person, step + 1
    elif reader.tokens[step].capital and not reader.starts(step) and step not in reader.dated:
        verb = reader.name(step, stop)
        if verb == step or reader.tokens[verb - 1].owns:
            return 0
        owner = Find(record=above.name, said=reader.words(step, verb))
    else:
        return 0
    while reader.low(verb) in {"has", "had", "already", "just", "last"}:
        verb += 1
    line = reader.date_field(made.kind, verb) if verb < stop else None
    came = find_line_of_arrival(made.kind, reader.low(verb)) if reader.low(verb) in lexicon.ARRIVED else None
    if (dated := line or came) is None:
        return 0
    made.where.append(BelongsTo(owner=owner))
    reader.person = owner
    after = verb + 1
    when = reader.when(after, dated.name)
    if when is None:
        if reader.asks and line is not None:  # "(that) Ada paid": it has been paid by now
            day = Day(date=reader.now.date().isoformat(), quote=reader.words(verb, verb + 1))
            made.where.append(Compare(field=line.name, op="<=", value=day))
        return after
    made.where += when[0]
    return when[1]


def read_time(reader: Reader, made: PhraseParts, at: int, named: str | None = None) -> int:
    """A time, on the field that is ``named`` or else on the kind's own date: "since May", "on Friday"."""
    line = named or find_line(reader, made, at)
    when = reader.when(at, line) if line is not None else None
    held = reader.low(at) in _WINDOWS or at in reader.dates or at in reader.hours or at + 1 in reader.hours
    hers = reader.low(at) == "of" and reader.low(at + 1) in lexicon.GIVEN_NAMES  # "the pupils of June"
    now = reader.asks and not _NOW.isdisjoint(reader.lows(at, 1 + (reader.low(at) == "in")))
    now = named is None and (hers or (now and not takes_place(made.kind, reader.low(at - 1))))
    if when is None or (named is None and not held) or (now and is_person(made.kind)):
        return 0  # of whom there are today it isn't said that they came today
    to_come = reader.ahead(at) or reader.low(at) in _NOW
    if named is None and not reader.asks and to_come and not _takes_place(reader, made, at):
        return 0
    made.where += when[0]
    return when[1]


def _takes_place(reader: Reader, made: PhraseParts, at: int) -> bool:
    """Whether a time still to come tells which records an order is about: "all bookings on Friday, in May". Of records
    that are dated by a deed ("issued"), or that are named, it is when the order is to be carried out. A value that the
    action needs is none either."""
    days, day = reader.dates.get(at) or reader.dates.get(at + 1), made.kind.field_named(made.kind.order or "")
    single = days is not None and days.last is None
    within = reader.low(at) in {"in", "next"} and day is not None and not ends_then(day) and "due" not in day.name
    told = made.plural or made.pick == "all" or made.order is not None or reader.low(at - 1) == "one"
    unnamed = made.said is None and (told or bool(made.where))
    free = reader.only_days.isdisjoint((at, at + 1))
    return free and (single or within) and unnamed and not is_person(made.kind) and not is_born(made.kind)
