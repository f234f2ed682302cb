"""Fewer calls: a card of several calls without some of them ("leave 7 out, only the first, except Ada's")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.pipeline import EarlierCall
from agent.planning.proposal import Call, Except, Find, PlanResult, Proposal, RecordArgument, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.earlier_calls import (
    LEAD,
    drop_places,
    keep_arguments,
    list_said_words,
    list_words,
    tells_why,
)
from agent.resolve.rules.grammar.orders.chooser import Chooser
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.reader import Reader
from registry.offers.offer import Offer
from registry.records import RecordKind

THREE: Final = 3
PLACES: Final = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1, "latest": -1}
_LEFT_OUT: Final = re.compile(
    rf"{LEAD}(?:but\s+)?(?:(?:leave|keep)\s+(?P<apart>[^,;.!?]{{1,60}}?)\s+out|"
    r"(?:leave\s+out|omit|skip|drop|exclude|without|except(?:\s+for)?|not|minus|everything\s+but|all\s+but)\s+(?P<what>[^,;.!?]{1,60}?)|"
    r"(?P<alone>[^,;.!?]{1,60}?)\s+not)(?:\s+(?:though|please|out|of\s+it))*[\s.!]*",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(
    rf"{LEAD}(?:(?:only|just)\s+(?P<what>[^,;.!?]{{1,60}}?)|(?P<alone>[^,;.!?]{{1,60}}?)\s+only)(?:\s+(?:please|though))*[\s.!]*",
    re.IGNORECASE,
)


def read_fewer(
    reader: Reader, typed: str, offer: Offer, calls: Sequence[EarlierCall], chooser: Chooser
) -> Proposal | None:
    """Drops some of the waiting calls: "leave 7 out, only 5, just the first, she still needs it". Each is identified by
    its words or its position."""
    head, _, why = typed.partition(",")
    said = head if why.strip() and tells_why(why.strip(), reader, chooser) else typed
    left_out, left = _LEFT_OUT.fullmatch(said), _LEFT.fullmatch(said)
    found = left_out or left
    if found is None or not all(call.can_change for call in calls) or len(calls) < 2:
        return None
    groups = found.groupdict()
    words = list_words(groups.get("what") or groups.get("apart") or groups.get("alone") or "")
    named = [call for call in calls if any(word in words for word in list_said_words(call))]
    known = {word for call in named for word in list_said_words(call)}
    places = PLACES | ({"middle": 1} if len(calls) == THREE else {})
    if len(words) == 1 and words[0] in places and -len(calls) <= places[words[0]] < len(calls):
        named, known = [calls[places[words[0]]]], set(words)
    if not named or len(named) == len(calls) or not words or not set(words) <= known:
        return None
    kept = [call for call in calls if (call in named) is (left_out is None)]
    made = tuple(Call(action=offer.name, arguments=keep_arguments(offer, call, {})) for call in kept)
    result = PlanResult(calls=made, replaces=tuple(call.handle for call in calls))
    return Proposal(result=result, replaced=(Words(text=typed, start=0),))


def narrow_calls(reader: Reader, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """The calls that one query made ("all open bills"), for the records of it that the words describe ("only the EUR
    ones") or don't ("except Ada's"). None if not all words say that."""
    if len(calls) < 2 or not all(call.can_change and not call.computed for call in calls):
        return None
    name, base = _find_query(offer, calls)
    kind = reader.kinds.get(base.record) if base is not None else None
    plain = reader.text.plain
    left_out, left = _LEFT_OUT.fullmatch(plain), _LEFT.fullmatch(plain)
    found = left_out or left
    if kind is None or base is None or found is None:
        return None
    group = next(each for each, text in found.groupdict().items() if text)
    finds = _list_described(reader, reader.end_index(found.start(group)), reader.end_index(found.end(group)), kind)
    if not finds:
        return None
    base = drop_places(base)
    if left_out is not None:
        narrowed = [base.model_copy(update={"where": (*base.where, *(Except(left_out=each) for each in finds))})]
    else:
        narrowed = [each.model_copy(update={"where": (*base.where, *each.where)}) for each in finds]
    kept = keep_arguments(offer, calls[-1], {name: base})
    made = tuple(Call(action=offer.name, arguments={**kept, name: RecordArgument(reference=each)}) for each in narrowed)
    result = PlanResult(calls=made, replaces=tuple(each.handle for each in calls))
    lead = plain[: found.start(group)].rstrip()
    return Proposal(result=result, replaced=(Words(text=lead, start=0),) if lead else ())


def _find_query(offer: Offer, calls: Sequence[EarlierCall]) -> tuple[str, Find | None]:
    """The parameter whose records all of the calls were made from, and the query that found them."""
    for name, find in calls[-1].found.items():
        shared = find.pick == "all" and find.said is None and find.order is None
        if shared and name in offer.properties and all(call.found.get(name) == find for call in calls):
            return name, find
    return "", None


def _list_described(reader: Reader, first: int, stop: int, kind: RecordKind) -> list[Find]:
    """The records of a kind that a list of phrases describes. Empty if it holds anything else."""
    # Whom the thread spoke of is nobody's here: "the open ones" are those of the card.
    reader = Reader(reader.text.plain, tuple(reader.kinds.values()), reader.now, reader.place)
    finds: list[Find] = []
    at = first
    while at < stop:
        phrase = (
            read_phrase(reader, at, stop, kind) if reader.low(at) not in lexicon.PRONOUNS | lexicon.PLURALS else None
        )
        if phrase is None or phrase.find.record != kind.name or phrase.find.among is not None:
            return []
        find = phrase.find
        whole = find.said is None and find.order is None and find.pick == "one"
        finds.append(find.model_copy(update={"pick": "all"}) if whole else find)
        at = phrase.last
        while at < stop and (reader.joint(at) or reader.is_mark(at) or reader.low(at) in _FURTHER):
            at += 1
    return finds


_FURTHER: Final = frozenset(("and", "or", "nor", "not"))
