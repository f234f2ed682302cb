"""Places and doers in a noun phrase: "from Lisbon", "in yen", "on the pro plan"; "(that) Ada paid in October"."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import (
    BelongsTo,
    Compare,
    Condition,
    Day,
    Find,
    Has,
    Word,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader

_PLACES: Final = frozenset(("town", "city", "place", "location", "region", "address", "village", "county"))


def located(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """ "from Lisbon, in Oslo": a place that the kind holds."""
    if reader.low(at) not in {"from", "in", "near"} or at + 1 >= stop or reader.country(at + 1, made.kind) is not None:
        return 0
    held = next(
        (each for each in made.kind.fields if not _PLACES.isdisjoint((each.label or each.name).lower().split("_"))),
        None,
    )
    end = reader.name(at + 1, stop) if held is not None and reader.tokens[at + 1].capital else at + 1
    if held is None or end == at + 1 or at + 1 in reader.ranges or at in reader.ranges:
        return 0
    words = reader.words(at + 1, end)
    made.where.append(Compare(field=held.name, op="contains", value=Word(word=words.text, quote=words)))
    return end


def inside(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """ "in yen", "on the pro plan", "by phone"."""
    if reader.low(at) not in {"in", "on", "by", "via", "through", "from"} or at + 1 >= stop:
        return 0
    if reader.low(at) == "from" and reader.country(at + 1, made.kind) is None:
        return 0
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS:
        step += 1
    if (country := reader.country(step, made.kind)) is not None:
        made.where.append(country[0])
        return country[1]
    state = reader.state(step, made.kind)
    if state is None:
        return held_by_theirs(reader, made, step)
    made.where.append(state[0])
    return step + state[1]


def as_it_was(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """ "(all tickets) from open (to closed)": what they are before something else is made of them."""
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS:
        step += 1
    state = reader.state(step, made.kind) if reader.low(at) == "from" and step < stop else None
    if state is None or reader.low(step + state[1]) not in {"to", "into"}:
        return 0
    made.where.append(state[0])
    return step + state[1]


def held_by_theirs(reader: Reader, made: PhraseParts, at: int) -> int:
    """ "(everyone) on the pro plan, who is past due": what something of theirs is."""
    for other in reader.kinds.values():
        state = reader.state(at, other) if other.relation_to(made.kind.name) is not None else None
        noun = reader.noun(at + state[1]) if state is not None else None
        if state is None or (noun is not None and noun[0].name != other.name):
            continue
        last = at + state[1] + (noun[1] if noun is not None else 0)
        if reader.asks and noun is None and reader.low(last) in lexicon.OWNERS:
            return 0  # "haven't paid their …": which of theirs is still to come
        where: tuple[Condition, ...] = (state[0],)
        made.where.append(Has(related=Find(record=other.name, where=where, pick="all")))
        return last
    return 0


def read_doer(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """ "(that) Ada paid in October", "she opened this morning": who did it, and when, by the kind's own days."""
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
    name = line.name if line is not None else made.kind.order if reader.low(verb) in lexicon.ARRIVED else None
    if name is None:
        return 0
    made.where.append(BelongsTo(owner=owner))
    reader.person = owner
    after = verb + 1
    when = reader.when(after, name)
    if when is None:
        if reader.asks and line is not None:  # "(that) Ada paid": it has been paid by now
            day = Day(date=reader.now.date().isoformat(), quote=reader.words(verb, verb + 1))
            made.where.append(Compare(field=line.name, op="<=", value=day))
        return after
    made.where += when[0]
    return when[1]
