"""Who did it: "(the invoice) Ada paid in October", "(the ticket) she opened this morning"."""

from __future__ import annotations

from agent.planning.proposal import (
    BelongsTo,
    Find,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader


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
    while reader.low(after) in {"us", "back", "it", "for"} | lexicon.PARTICLES and reader.when(after, name) is None:
        after += 1
    when = reader.when(after, name)
    if when is None:
        return after
    made.where += when[0]
    return when[1]
