"""Debts of everybody: "who owes us the most, how much does each customer owe", as what is owed by each."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Answer, TotalOf, ValueAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_sum
from agent.resolve.rules.grammar.phrases.fields import find_owed
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set

_ASKING: Final = word_set("who which what how much does do")
_OWING: Final = word_set("owe owes")
_EACH: Final = word_set("most least each everyone everybody all")
_PLAIN: Final = word_set("us the still now currently money")


def read_debts(reader: Reader, index: int, stop: int) -> Answer | None:
    """What each of the people owes. None if anything else is said, or if no one kind of records says so."""
    people, owed = reader.people(), find_owed(reader)
    said = {reader.low(at) for at in range(index, stop)}
    if people is None or owed is None or said.isdisjoint(_OWING) or said.isdisjoint(_EACH):
        return None
    kind = reader.kinds[owed.record]
    relation, field = kind.relation_to(people.name), find_sum(kind, owed)
    named = kind.field_named(f"{relation.via.removesuffix('_id')}_name") if relation is not None else None
    plain = _ASKING | _OWING | _EACH | _PLAIN | lexicon.DETERMINERS | {*people.nouns}
    if field is None or named is None or not said <= plain:
        return None
    return ValueAnswer(value=TotalOf(field=field, of=owed), by=named.name)
