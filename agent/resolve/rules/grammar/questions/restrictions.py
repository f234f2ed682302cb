"""Restrictions in questions: reads every word beside a noun, such as owners, events, groups and what is over."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import is_staff
from agent.planning.proposal import BelongsTo, Compare, Condition, Day, Except, Find, Has, OrderByField, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_day_of_state, takes_place
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import (
    skip_owed,
)
from agent.resolve.rules.grammar.phrases.fields import find_owed, read_debt
from agent.resolve.rules.grammar.phrases.modifiers import read_topic
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import (
    Phrase,
    PhraseParts,
    count_placing,
    guess,
    negate_condition,
    read_named_owner,
)
from agent.resolve.rules.grammar.phrases.places_and_deeds import read_deed, read_not_done_for_time
from agent.resolve.rules.grammar.phrases.positions import read_measured_order, read_place
from agent.resolve.rules.grammar.phrases.predicates import read_predicate_of, read_related_clause
from agent.resolve.rules.grammar.phrases.subjects import read_subject
from agent.resolve.rules.grammar.questions.groups import (
    Restriction,
    read_called_in,
    read_dated_of_theirs,
    read_in_place,
    read_lives_in,
    read_of_those,
    read_told_text,
    read_used_up,
)
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.time_stretches import read_month_before_noun
from language.stems import is_past, stem
from language.text import singularize, word_set
from registry.records import RecordKind

BE: Final = word_set("is are was were isn't aren't wasn't weren't")
DO: Final = word_set("do does did has have had")
HOLDS: Final = word_set("have has had got own owns")
TAIL: Final = word_set(
    "are is was were there do does did we have us has now right currently today at the moment total in still please "
    "exist altogether overall you know i see all that ones these again already yet been being and so far"
)
_ARRIVED: Final = frozenset(find_base_form(stem(word)) for word in lexicon.ARRIVED)
_CAME_IN: Final = frozenset(map(stem, ("get", "receive", "have", "take", "give")))
_PAY: Final = stem("pay")
_LINGERS: Final = word_set("sitting lying waiting hanging standing around there")
_ANYONE: Final = lexicon.EVERYONE
_AT_IT: Final = frozenset(("on", "with", "after"))
_DENIED: Final = lexicon.NOT - {"no", "without"}
_NOBODY: Final[tuple[tuple[str, ...], ...]] = (("to", "nobody"), ("to", "no", "one"), ("to", "no-one"))
_PRESENT: Final = word_set("today now currently tonight")
_ADVERBS: Final = word_set("still already currently now yet ever just really actually also both all not")
_HERS: Final = lexicon.OWNERS | {"the", "all", "any", "a", "an"}
_UNITED: Final = word_set("on in at with by from to for")


def read_restricted(reader: Reader, phrase: Phrase, stop: int, *, told: bool = False) -> Find | None:
    """The records of a phrase with everything after it in a question. None if words stay unread. ``told``: the
    following words are a predicate ("who's overdue")."""
    find, at = phrase.find, phrase.last
    kind = reader.kinds[find.record]
    if told and (made := read_predicate_of(reader, kind, at, stop)) is not None:
        find, at = find.model_copy(update={"where": (*find.where, *made[0])}), made[1]
    if at == phrase.last and phrase.noun and (find.pick == "all" or find.order) and at < stop:  # "invoices overdue"
        state = reader.state(at, kind)
        timed = state is not None and is_past(reader.low(at)) and at + state[1] in reader.ranges
        timed = timed and state is not None and (not takes_place(kind, "") or reader.ahead(at + state[1]))
        if state is not None and reader.noun(at + state[1]) is None and not timed:
            find, at = find.model_copy(update={"where": (*find.where, state[0])}), at + state[1]
    while at < stop:
        if (ordered := is_first(reader, kind, at, stop)) is not None:
            find, at = find.model_copy(update={"order": ordered[0], "pick": "one"}), ordered[1]
            continue
        if (joined := _of_the_same(reader, kind, find, at, stop)) is not None:
            find, at = find.model_copy(update={"where": (*find.where[:-1], joined[0])}), joined[1]
            continue
        if (
            at > phrase.last
            and reader.low(at) in _PRESENT
            and not is_past(reader.low(at - 1))
            and _tells_now(reader, kind, find, at)
        ):
            at += 1  # "(who is) at work today": what is so now, and no day of theirs
            continue
        denied = reader.low(at + 1) in {"not", "never"}  # "paid but not shipped"
        also = read_predicate_of(reader, kind, at + 1 + denied, stop) if reader.low(at) in {"and", "but"} else None
        if also is not None and not (denied and (len(also[0]) > 1 or also[1] < stop)):
            besides = (negate_condition(kind, also[0][0]),) if denied else also[0]
            find, at = find.model_copy(update={"where": (*find.where, *besides)}), also[1]
            continue
        nobody = next((len(words) for words in _NOBODY if reader.lows(at, len(words)) == words), 0)
        if nobody and find.where and isinstance(find.where[-1], StateIs):  # "assigned to nobody"
            where = (*find.where[:-1], negate_condition(kind, find.where[-1]))
            find, at = find.model_copy(update={"where": where}), at + nobody
            continue
        if (
            made := read_of_those(reader, kind, at)
            or read_used_up(reader, kind, at)
            or _restriction(reader, kind, find, at, stop)
        ) is not None:
            kept = find.where[:-1] if any(isinstance(each, Except) for each in made[0]) else find.where
            find, at = find.model_copy(update={"where": (*kept, *made[0])}), made[1]
            continue
        clause = read_related_clause(reader, kind, at, stop, phrase.line)
        if clause is not None and clause[1] > at:
            where = (*find.where, *clause[0])
            find, at = find.model_copy(update={"where": where, "order": clause[2] or find.order}), clause[1]
            continue
        if find.said is None and reader.low(at - 1) in BE and reader.low(at) in {"about", "regarding", "concerning"}:
            topic = PhraseParts(kind, read_phrase)
            if last := read_topic(reader, topic, at, stop):
                find, at = find.model_copy(update={"said": topic.said}), last
                continue
        if (more := _ours(reader, kind, find, at, stop)) is not None:
            find, at = more
            continue
        if reader.low(at) in _LINGERS and at + 1 < stop and reader.low(at + 1) in _LINGERS | {"for", "since"}:
            at += 1
            continue
        got = reader.lows(at, 3) in {("have", "we", "got"), ("do", "we", "own")} and is_over(reader, at + 3, stop)
        if got or (reader.low(at) in _UNITED and reader.low(at + 1) == "us"):  # "from us", who are asked
            at += 3 if got else 2
            continue
        if (place := read_in_place(reader, phrase, kind, at, stop)) is not None:
            find, at = find.model_copy(update={"where": (*find.where, *place[0])}), place[1]
            continue
        ours = reader.low(at) == "we" and find_base_form(stem(reader.low(at + 1))) == _PAY  # they pay us
        apart = reader.low(at) == "in" and reader.low(at + 1) not in {"total", "all"}  # "(which dogs are) in"
        if ours or apart or (reader.low(at) not in TAIL and not reader.is_mark(at)):
            if reader.unread is None or at > reader.unread[0]:
                reader.unread = at, stop, kind, find.pick == "all" and find.said is None
            return None
        at += 1
    return find


def _tells_now(reader: Reader, kind: RecordKind, find: Find, at: int) -> bool:
    """Whether the last condition is a state that a record or something of theirs is in, and no day."""
    held = [each.related for each in find.where[-1:] if isinstance(each, Has) and isinstance(each.related, Find)]
    last = next(iter((held[0] if held else find).where[-1:]), None)
    field = kind.field_named(last.field) if isinstance(last, Compare) and not held else None
    return (isinstance(last, StateIs) and not takes_place(kind, reader.low(at - 1))) or (
        field is not None and field.type == "boolean"
    )


def _ours(reader: Reader, kind: RecordKind, find: Find, at: int, stop: int) -> tuple[Find, int] | None:
    """Our own events: "(bills) we sent in May"."""
    inverted = reader.low(at) in DO and reader.low(at + 1) == "we"  # "did we send"
    step = at + (inverted or reader.low(at) in lexicon.RELATIVES)
    if reader.low(step) != "we":
        return None
    verb, denied = _light(reader, step + 1)
    did = find_base_form(stem(reader.low(verb)))
    if did == _PAY:
        return None
    day = reader.date_field(kind, verb)
    state = reader.state(verb, kind) if (day is None or denied) and verb < stop else None
    done = read_deed(reader, kind, verb, denied=False) if state is None and day is None and verb < stop else None
    state = (done, 1) if isinstance(done, StateIs) else state
    if state is not None and isinstance(state[0], StateIs):  # "(which bills have) we refunded, have we not sent"
        told = negate_condition(kind, state[0]) if denied else state[0]
        find = find.model_copy(update={"where": (*find.where, told)})
        if verb + state[1] not in reader.ranges:
            return find, verb + state[1]
        day = find_day_of_state(kind, state[0].state)
    elif day is None and did in _ARRIVED | _CAME_IN:
        day = kind.field_named(kind.order or "")
    if day is None or denied:
        return None
    spent = reader.when(verb + 1, day.name)
    if spent is None:
        today = Compare(field=day.name, op="<=", value=Day(date=reader.now.date().isoformat()))
        return find.model_copy(update={"where": (*find.where, today)}), verb + 1
    return find.model_copy(update={"where": (*find.where, *spent[0])}), spent[1]


def _still_to(reader: Reader, kind: RecordKind, at: int) -> Restriction | None:
    """What hasn't happened yet: "(which parcels still have) to be packed, (still) to be paid"."""
    step = at + 1 + (reader.low(at + 1) == "be")
    still = reader.low(at) == "to" and "still" in reader.lows(at - 2, 2)
    state = reader.state(step, kind) if still else None
    told = state[0] if state is not None else read_deed(reader, kind, step, denied=False) if still else None
    if not isinstance(told, StateIs):
        return None
    return (negate_condition(kind, told),), step + (state[1] if state is not None else 1)


def _restriction(reader: Reader, kind: RecordKind, find: Find, at: int, stop: int) -> Restriction | None:
    return (
        _still_to(reader, kind, at)
        or _in_debt(reader, kind, at)
        or _denied_of_hers(reader, kind, at, stop)
        or _inverted(reader, kind, find, at, stop)
        or _done_by(reader, kind, at, stop)
        or _is_theirs(reader, kind, at, stop)
        or _to_whom(reader, kind, find, at, stop)
        or read_dated_of_theirs(reader, kind, at, stop)
        or read_called_in(reader, kind, at, stop)
        or read_told_text(reader, kind, at, stop)
        or read_lives_in(reader, kind, at, stop)
    )


def is_first(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[OrderByField, int] | None:
    """A superlative or comparative: "(which room) is the largest, (which one) is older"."""
    step, end = at + 1, stop - (reader.low(stop - 1) == "one")
    while reader.low(step) in lexicon.DETERMINERS | {"our"}:
        step += 1
    if reader.low(at) not in BE:
        return None
    if step + 1 == end and (compared := lexicon.COMPARATIVES.get(reader.low(step))) is not None:
        return OrderByField(first=compared[1]), stop
    if step + 1 >= end and (measured := read_measured_order(reader, kind, step)) is not None:
        return measured, stop
    last = step + count_placing(reader, step)
    if step == at + 1 or last == step:
        return None
    return (read_place(reader, kind, step, last - step), stop) if last >= end else None


def _light(reader: Reader, at: int) -> tuple[int, bool]:
    """Past auxiliaries and adverbs, and whether they negate what follows."""
    denied = False
    while reader.low(at) in _ADVERBS | _DENIED | DO | BE:
        denied = denied or reader.low(at) in _DENIED
        at += 1
    return at, denied


def _denied_of_hers(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """Events with somebody's records: "(who) hasn't paid their fees, (clients who) never paid a bill, who paid a fee".

    Not having paid one's fees leaves one unpaid. Never having paid a fee leaves none paid. One paid fee doesn't show
    that all are paid.
    """
    step, denied = _light(reader, at)
    thing = step + 1
    while reader.low(thing) in _HERS:
        thing += 1
    month = read_month_before_noun(reader, thing, "") if thing < stop else None
    thing += month is not None and reader.noun(thing + 1) is not None
    found = reader.noun(thing) if thing > step + 1 or denied else None
    if found is None and denied and (due := read_not_done_for_time(reader, kind, step, stop)) is not None:
        return (Has(related=due[0]),), due[1]
    if found is None or step >= stop or found[0].name == kind.name or not reader.leads(found[0], kind):
        return None
    last = thing + found[1]
    several = singularize(reader.low(last - 1)) != reader.low(last - 1)
    any_one = not set(reader.lows(step + 1, thing - step - 1)) - {"a", "an", "any"}
    told = read_deed(reader, found[0], step, denied=denied and not any_one, by_day=any_one)
    if told is None or (not denied and not any_one and several):
        return None
    spent = reader.when(last, found[0].order) if found[0].order is not None else None
    if month is not None and found[0].order is not None and thing > 0:
        spent = spent or read_month_before_noun(reader, thing - 1, found[0].order)
        spent = (spent[0], last) if spent is not None else None
    where, last = ((told, *spent[0]), spent[1]) if spent is not None else ((told,), last)
    related = Find(record=found[0].name, where=where, pick="all")
    if denied and any_one:
        return (Has(related=related, op="=", count=0),), last
    return (Has(related=related),), last


def _inverted(reader: Reader, kind: RecordKind, find: Find, at: int, stop: int) -> Restriction | None:
    """An owner in inverted order: "(which tickets) does Ada have (planned), (what medicine) is Bruno on, (how many
    lessons) has Ada got"."""
    if reader.low(at) not in DO | BE | _DENIED or reader.low(at + 1) in {"we", "you", "i", "there", "not"}:
        return None
    owner = _owner(reader, kind, at + 1, stop)
    if owner is None:
        return None
    whose, step = owner
    made: list[Condition] = [BelongsTo(owner=whose)]
    denied = reader.low(at) in _DENIED
    while reader.low(step) in _ADVERBS | _DENIED:
        denied = denied or reader.low(step) in _DENIED
        step += 1
    verb = reader.low(step)
    if verb in HOLDS | {"owe", "do"} and not denied:
        if verb == "owe" and (unpaid := next((s for s in kind.states if s in ("unpaid", "outstanding")), None)):
            made.append(StateIs(state=unpaid))
        step += 1
        if (state := reader.state(step, kind)) is not None:  # "(does Ada have) planned"
            made.append(state[0])
            step += state[1]
        return tuple(made), step
    if reader.low(at) in BE and verb in lexicon.HANDLING | _LINGERS and reader.low(step + 1) in _AT_IT:
        verb, step = reader.low(step + 1), step + 1
        stated = any(isinstance(each, StateIs) for each in find.where)
        made += [StateIs(state="open")] if "open" in kind.states and not stated else []  # what is being worked on
    if reader.low(at) in BE and verb in _UNITED | _AT_IT and not denied and step + 1 >= stop:
        return tuple(made), step + 1
    asked = reader.low(at) in DO | _DENIED
    told = read_deed(reader, kind, step, denied=denied) if step < stop and asked else None
    if told is None:
        return None
    day = reader.date_field(kind, step) or (find_day_of_state(kind, told.state) if isinstance(told, StateIs) else None)
    spent = reader.when(step + 1, day.name) if day is not None and not denied else None
    if spent is not None:
        return (*made, told, *spent[0]), spent[1]
    return (*made, told), step + 1


def _owner(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[Find, int] | None:
    """The owner of a kind's records, by a name or a phrase."""
    owner = read_subject(reader, at, stop)
    if owner is None or owner.find.record == kind.name or reader.low(at) in {"each", "every"}:
        return None  # "(how many does) each agent (close)" asks for a count of each
    whose = owner.find if owner.noun else guess(reader, kind, owner.find)
    return (whose, owner.last) if reader.related(kind, reader.kinds[whose.record]) else None


def _done_by(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """What somebody did or didn't do with the records: "(the invoices) Ada hasn't paid"."""
    above, start = reader.owner_of(kind), at + (reader.low(at) in lexicon.RELATIVES)
    if above is None or start >= stop or not reader.tokens[start].capital or reader.noun(start) is not None:
        return None
    end = reader.name(start, stop)
    if end == start or reader.tokens[end - 1].owns:
        return None
    step, denied = _light(reader, end)
    told = read_deed(reader, kind, step, denied=denied) if step < stop and denied else None
    if told is None:
        return None
    return (BelongsTo(owner=Find(record=above.name, said=reader.words(start, end))), told), step + 1


def _in_debt(reader: Reader, kind: RecordKind, at: int) -> Restriction | None:
    """People who owe something: "(who) still owes us money, (does anyone in Oslo) have a rest to pay"."""
    last = read_debt(reader, at + (reader.low(at) in lexicon.RELATIVES)) if reader.low(at - 1) != "we" else 0
    owed = find_owed(reader) if last and kind is reader.people() and not is_staff(kind) else None
    return ((Has(related=owed),), skip_owed(reader, last)) if owed is not None else None


def _of_the_same(reader: Reader, kind: RecordKind, find: Find, at: int, stop: int) -> tuple[Has, int] | None:
    """A further condition on the same related record, unless it is the record's own: "(on the pro plan) and past
    due"."""
    last = find.where[-1] if find.where else None
    if reader.low(at) != "and" or not isinstance(last, Has) or not isinstance(last.related, Find) or last.count != 1:
        return None
    own = read_predicate_of(reader, kind, at + 1, stop)
    if last.op != ">=" or (own is not None and not all(isinstance(each, Has) for each in own[0])):
        return None
    made = read_predicate_of(reader, reader.kinds[last.related.record], at + 1, stop)
    if made is None:
        return None
    related = last.related.model_copy(update={"where": (*last.related.where, *made[0])})
    return last.model_copy(update={"related": related}), made[1]


def _is_theirs(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """An owner that is told of the records: "(how many are) Ada's"."""
    end = reader.name(at, stop) if reader.low(at - 1) in BE else at
    if end == at or not reader.tokens[end - 1].owns or any(reader.low(step) not in TAIL for step in range(end, stop)):
        return None
    owner = read_named_owner(reader, kind, at, stop)
    return ((BelongsTo(owner=owner[0]),), end) if owner is not None and owner[1] == end else None


def _to_whom(reader: Reader, kind: RecordKind, find: Find, at: int, stop: int) -> Restriction | None:
    """The person of a state: "(assigned) to Ada, (not assigned) to anyone"."""
    if reader.low(at) not in {"to", "by"} or not any(isinstance(each, StateIs) for each in find.where):
        return None
    if reader.low(at + 1) in _ANYONE:
        return (), at + 2
    end = reader.name(at + 1, stop)
    if end == at + 1:
        return None
    people = reader.people()
    doers = [each.kind for each in kind.relations if people is None or each.kind != people.name]
    if len(doers) != 1 or doers[0] not in reader.kinds:
        return None
    theirs = BelongsTo(owner=Find(record=doers[0], said=reader.words(at + 1, end)))
    if reader.low(at - 2) in _DENIED:  # not to her: to anybody else, or to nobody
        return (Except(left_out=Find(record=kind.name, where=(theirs,), pick="all")),), end
    return (theirs,), end


def is_over(reader: Reader, at: int, stop: int) -> bool:
    """Whether nothing more is asked from here on."""
    return all(reader.low(step) in TAIL for step in range(at, stop))
