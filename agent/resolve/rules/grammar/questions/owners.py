"""Questions of who has what: "whose ticket is 7", "who is Rex's owner", "does Ada owe more than Ben"."""

from __future__ import annotations

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    Find,
    Has,
    Test,
    TotalOf,
    YesNoAnswer,
)
from agent.resolve.rules.grammar.phrases.phrase_parts import is_code
from agent.resolve.rules.grammar.phrases.totals import total_of
from agent.resolve.rules.grammar.questions.restrictions import BE, DO
from agent.resolve.rules.grammar.reader import Reader


def whose_is(reader: Reader, at: int, stop: int) -> Find | None:
    """ "(whose) ticket is 7": the record with that number."""
    found = reader.noun(at)
    step = at + found[1] if found is not None else at
    if found is None or reader.low(step) not in BE or step + 2 != stop or not is_code(reader, step + 1, found[0]):
        return None
    return Find(record=found[0].name, said=reader.words(step + 1, step + 2))


def owner_of_named(reader: Reader, at: int, stop: int) -> Find | None:
    """ "(who is) Rex's owner": whom a thing called by a name belongs to."""
    end = reader.name(at, stop)
    if end == at or not reader.tokens[end - 1].owns:
        return None
    noun = reader.noun(end)
    above = reader.people() if reader.low(end) in {"owner", "holder"} else noun[0] if noun is not None else None
    if above is None or end + (noun[1] if noun is not None else 1) < stop:
        return None
    things = [
        each
        for each in reader.kinds.values()
        if each.relation_to(above.name) is not None and rate_person_likeness(each)
    ]
    if len(things) != 1:
        return None
    return Find(record=above.name, where=(Has(related=Find(record=things[0].name, said=reader.words(at, end))),))


def owes_more(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "does Ada owe more than Ben": two sums of the same kind, each of somebody's."""
    made = total_of(reader, index + 1, stop) if reader.low(index) in DO else None
    compared = reader.comparison(made[1]) if made is not None else None
    if made is None or compared is None or not isinstance(made[0].of, Find):
        return None
    at = made[1] + compared[1]
    end, find = reader.name(at, stop), made[0].of
    owner = find.where[0].owner if find.where and isinstance(find.where[0], BelongsTo) else None
    if end == at or end < stop or not isinstance(owner, Find):
        return None
    others = owner.model_copy(update={"said": reader.words(at, end)})
    right = find.model_copy(update={"where": (BelongsTo(owner=others), *find.where[1:])})
    return YesNoAnswer(tests=(Test(left=made[0], op=compared[0], right=TotalOf(field=made[0].field, of=right)),))
