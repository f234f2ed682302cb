"""Times of deeds: which day a stretch of time is of, where a verb or a participle says what was done."""

from __future__ import annotations

from agent.planning.proposal import Compare, Condition, Day, Find, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import day_of_state, is_deed, whole_verb
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.fields import label_of
from agent.resolve.rules.grammar.phrases.phrase_parts import opposite
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.time_stretches import month_before_noun
from language.stems import KIN, ORDERS, stem
from registry.records import Field, RecordKind


def day_before_noun(reader: Reader, kind: RecordKind, at: int) -> str | None:
    """The day that a state before the noun came about: "paid (invoices in October)"."""
    line = reader.date_field(kind, at)
    if line is not None and reader.low(at) in label_of(line).split():
        return line.name
    state = reader.state(at, kind) if line is None and is_deed(reader.low(at)) else None
    since = day_of_state(kind, state[0].state) if state is not None and isinstance(state[0], StateIs) else None
    return since.name if since is not None else None


def is_passive(reader: Reader, at: int) -> bool:
    """Whether it may be still to come: "are planned this week"."""
    return reader.low(at - 1) in {"is", "are", "be", "being"}


def by_now(reader: Reader, at: int, line: str) -> list[Condition]:
    """That what happened has happened, where a stretch of time goes on: "(trials that) ended this week"."""
    held = reader.ranges.get(at)
    if not reader.asks or held is None or (held.high is not None and held.high <= reader.now):
        return []
    return [Compare(field=line, op="<=", value=Day(date=reader.now.date().isoformat()))]


def yet_to_come(reader: Reader, verb: int, at: int, line: str) -> list[Condition]:
    """That what happens has not happened yet, where a time has only an end: "(leases that) end before May"."""
    held = reader.ranges.get(at)
    said = whole_verb(reader.low(verb), reader.low(verb + 1))
    if (
        not reader.asks
        or held is None
        or held.low is not None
        or is_deed(said)
        or stem(said) not in ORDERS | KIN.keys()
    ):
        return []
    return [Compare(field=line, op=">=", value=Day(date=reader.now.date().isoformat()))]


def since_when(reader: Reader, kind: RecordKind, told: Condition, after: int) -> Field | None:
    """The day that a state came about, where a time follows and no day of its own tells: "refunded in May"."""
    if not reader.asks or not isinstance(told, StateIs) or after not in reader.ranges:
        return None
    lasting = reader.low(after) == "since"
    return day_of_state(kind, told.state) if lasting or is_deed(reader.low(after - 1)) else None


def is_born(kind: RecordKind) -> bool:
    """Whether the kind's own line is of when records came to be ("issued"), so that it tells of no later deed; the day
    of a visit tells of all of them."""
    line = kind.field_named(kind.order or "")
    return line is not None and is_deed(label_of(line).split()[0])


def told_by_deed(reader: Reader, kind: RecordKind, at: int, *, denied: bool, by_day: bool = False) -> Condition | None:
    """What a participle tells: a state that it names, else that its day has come (``by_day``: that first, whatever has
    become of the record since); None where it tells neither, or can't be denied."""
    line = reader.date_field(kind, at)
    day = (
        Compare(field=line.name, op="<=", value=Day(date=reader.now.date().isoformat()))
        if line is not None and not denied
        else None
    )
    if by_day and day is not None:
        return day
    said = find_base_form(stem(reader.low(at)))
    state = next((each for each in kind.states if find_base_form(stem(each)) == said), None)
    if state is not None:
        condition = StateIs(state=state)
        return opposite(kind, condition) if denied else condition
    return day


def done_for_time(reader: Reader, kind: RecordKind, verb: int, stop: int, *, denied: bool) -> tuple[Find, int] | None:
    """ "(who hasn't) paid November, (has Ada) paid for this month": records of the one kind of theirs of which the verb
    tells, on whose own day that time is."""
    at = verb + 1 + (reader.low(verb + 1) == "for")
    found = []
    timed = verb + 1 < stop and (
        reader.low(verb + 1) == "for" or reader.low(verb + 1) not in lexicon.NAME_STOP - {"this"}
    )
    for other in reader.kinds.values() if timed else ():
        line = other.order if other.relation_to(kind.name) is not None else None
        told = told_by_deed(reader, other, verb, denied=denied) if line is not None else None
        spent = reader.when(verb + 1, line) or reader.when(at, line) if line and told is not None else None
        spent = spent or (month_before_noun(reader, at, line) if line and at < stop else None)
        if told is not None and spent is not None:
            found.append((Find(record=other.name, where=(told, *spent[0]), pick="all"), spent[1]))
    return found[0] if len(found) == 1 else None
