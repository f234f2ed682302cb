"""Questions of who has what: "whose ticket is 7", "who is Rex's owner", "is anybody on 7", "monthly or
yearly", "does Ada owe more than Ben"."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    Condition,
    Find,
    Has,
    RecordsAnswer,
    StateIs,
    Test,
    TotalOf,
    YesNoAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import subjects
from agent.resolve.rules.grammar.phrases.phrase_parts import is_code
from agent.resolve.rules.grammar.phrases.record_tests import count_test
from agent.resolve.rules.grammar.phrases.totals import total_of
from agent.resolve.rules.grammar.questions.restrictions import BE, DO
from agent.resolve.rules.grammar.questions.verb_questions import doer_of
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field, RecordKind

_ANYONE: Final = word_set("anyone anybody someone somebody")
_AFTER: Final = word_set("on after with care of for the")
_LIGHT: Final = word_set("on in with by a an the currently still paid paying")


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


def anyone(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "is anybody on ticket 7": whether somebody handles it."""
    if reader.low(index) not in BE | DO or reader.low(index + 1) not in _ANYONE:
        return None
    step = index + 2
    if reader.low(step) not in lexicon.HANDLING:
        return None
    step += 1
    while reader.low(step) in _AFTER:
        step += 1
    for about in subjects(reader, step, stop):
        doer = doer_of(reader, reader.kinds[about.find.record]) if about.last >= stop and about.noun else None
        if doer is not None and about.find.said is not None:
            return YesNoAnswer(tests=(count_test(Find(record=doer.name, where=(BelongsTo(owner=about.find),))),))
    return None


def either(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "is Ada billed monthly or yearly": which value of the one field that both are of."""
    joint = next((at for at in range(index + 2, stop) if reader.low(at) == "or"), None)
    if joint is None or reader.low(index) not in BE | DO:
        return None
    for about in subjects(reader, index + 1, joint):
        step = about.last
        while step < joint - 1 and (reader.low(step) in _LIGHT or _is_deed(reader, step)):
            step += 1
        own = reader.kinds[about.find.record]
        for kind in (own, *(each for each in reader.kinds.values() if each.relation_to(own.name) is not None)):
            field = _field_of_both(reader, kind, (step, joint), (joint + 1, stop))
            if field is not None:
                find = about.find if kind is own else Find(record=kind.name, where=(BelongsTo(owner=about.find),))
                return RecordsAnswer(records=find, fields=(field.name,))
    return None


def _is_deed(reader: Reader, at: int) -> bool:
    """Whether a participle is of what some kind's records are: "billed"."""
    verb = find_base_form(stem(reader.low(at)))
    return any(stem(noun) == verb for kind in reader.kinds.values() for noun in kind.nouns)


def _field_of_both(reader: Reader, kind: RecordKind, one: tuple[int, int], other: tuple[int, int]) -> Field | None:
    names: set[str] | None = None
    for first, last in (one, other):
        state = reader.state(first, kind)
        if state is None or first + state[1] < last:
            return None
        held = _fields_of(kind, state[0])
        names = held if names is None else names & held
    return kind.field_named(next(iter(names))) if names is not None and len(names) == 1 else None


def _fields_of(kind: RecordKind, condition: Condition) -> set[str]:
    if not isinstance(condition, StateIs):
        return set()
    own = set(kind.states.get(condition.state, {}))
    return own or {each.name for each in kind.fields if condition.state in each.values}


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
