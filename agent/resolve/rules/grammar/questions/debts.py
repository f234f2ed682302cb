"""Debts of everybody: "who owes us the most, how much does each customer owe", as what is owed by each. What we owe
ourselves: "how much do we owe Moss Ltd, which supplier do we owe most", where a kind holds that."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.extract.references.vocabulary import is_staff
from agent.planning.proposal import Answer, Compare, Find, Number, OrderByField, RecordsAnswer, TotalOf, ValueAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_sum
from agent.resolve.rules.grammar.phrases.fields import find_owed, label_field
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set

_ASKING: Final = word_set("who which what how much does do")
_OWING: Final = word_set("owe owes")
_EACH: Final = word_set("most least each everyone everybody all")
_PLAIN: Final = word_set("us the still now currently money")


def read_debts(reader: Reader, index: int, stop: int) -> Answer | None:
    """What each of the people owes. None if anything else is said, or if no one kind of records says so."""
    if (ours := next((at for at in range(index, stop) if reader.lows(at, 2) == ("do", "we")), None)) is not None:
        return _read_our_debts(reader, index, ours, stop)
    people, owed = reader.people(), find_owed(reader)
    said = {reader.low(at) for at in range(index, stop)}
    if people is None or is_staff(people) or owed is None or said.isdisjoint(_OWING) or said.isdisjoint(_EACH):
        return None
    kind = reader.kinds[owed.record]
    relation, field = kind.relation_to(people.name), find_sum(kind, owed)
    named = kind.field_named(f"{relation.via.removesuffix('_id')}_name") if relation is not None else None
    plain = _ASKING | _OWING | _EACH | _PLAIN | lexicon.DETERMINERS | {*people.nouns}
    if field is None or named is None or not said <= plain:
        return None
    return ValueAnswer(value=TotalOf(field=field, of=owed), by=named.name)


def _read_our_debts(reader: Reader, index: int, ours: int, stop: int) -> Answer | None:
    """What we owe one or all of a kind, or whom we owe, from the one sum that is called so. What people owe us is
    called no other."""
    verb = ours + 2 + (reader.low(ours + 2) in {"still", "currently"})
    kinds = [each for each in reader.kinds.values() if each is not reader.people()]
    held = [(kind, each) for kind in kinds for each in kind.fields if "owed" in label_field(each).split()]
    if reader.low(verb) != "owe" or len(held) != 1 or held[0][1].type != "money_minor":
        return None
    kind, field = held[0]
    everyone, rest = Find(record=kind.name, pick="all"), reader.lows(verb + 1, stop - verb - 1)
    if reader.low(index) in {"how", "what"}:
        if not rest:
            return ValueAnswer(value=TotalOf(field=field.name, of=everyone))
        return RecordsAnswer(records=Find(record=kind.name, said=reader.words(verb + 1, stop)), fields=(field.name,))
    noun = reader.noun(index + 1)
    if reader.low(index) not in {"who", "which"} or (noun is not None and noun[0] is not kind):
        return None
    most = next((word for word in rest if word in {"most", "least"}), None)
    if most is not None and _PLAIN.issuperset({*rest} - {most}):
        order = OrderByField(by=field.name, first="highest" if most == "most" else "lowest")
        return RecordsAnswer(records=everyone.model_copy(update={"order": order, "pick": "one"}))
    some = Compare(field=field.name, op=">", value=Number(number=Decimal(0)))
    owed = everyone.model_copy(update={"where": (some,)})
    return RecordsAnswer(records=owed) if _PLAIN.issuperset(rest) else None
