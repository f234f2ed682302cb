"""Fewer calls: a card of several calls without some of them ("leave 7 out, only the first, except Ada's")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.pipeline import EarlierCall, Turn
from agent.planning.proposal import Call, Except, Find, PlanResult, Proposal, RecordArgument, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.earlier_calls import (
    LEAD,
    keep_arguments,
    list_said_words,
    list_words,
    tells_why,
)
from agent.resolve.rules.grammar.orders.chooser import Chooser
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.shown import stand_for
from agent.resolve.rules.grammar.reader import Reader
from registry.offers.offer import Offer

THREE: Final = 3
PLACES: Final = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1, "latest": -1}
_LEFT_OUT: Final = re.compile(
    rf"{LEAD}(?:but\s+)?(?:(?:leave|keep)\s+(?P<apart>[^,;.!?]{{1,60}}?)\s+out|"
    r"(?:leave\s+out|omit|skip|drop|exclude|without|except(?:\s+for)?|not|minus|everything\s+but|all\s+but)\s+(?P<what>[^,;.!?]{1,60}?)|"
    r"(?P<alone>[^,;.!?]{1,60}?)\s+not)(?:[\s,]+(?:though|please|out|of\s+it))*[\s,.!]*",
    re.IGNORECASE,
)
_LEFT: Final = re.compile(
    rf"{LEAD}(?:(?:only|just)\s+(?P<what>[^,;.!?]{{1,60}}?)|(?P<alone>[^,;.!?]{{1,60}}?)\s+only)(?:[\s,]+(?:please|though))*[\s,.!]*",
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


def narrow_calls(reader: Reader, offer: Offer, turn: Turn) -> Proposal | None:
    """Those of a card's calls whose records the words describe ("only the oldest", "the first two") or don't ("except
    Ada's"). None if not all words say that."""
    calls = turn.calls
    if turn.each is None or any(call.computed for call in calls):
        return None
    name, handle = turn.each
    kind = reader.kinds.get(offer.annotation(name).record or "")
    plain = reader.text.plain
    left_out, left = _LEFT_OUT.fullmatch(plain), _LEFT.fullmatch(plain)
    found = left_out or left
    if kind is None:
        return None
    group = next(each for each, text in found.groupdict().items() if text) if found is not None else 0
    start, end = found.span(group) if found is not None else (0, len(plain))
    every = Find(record=kind.name, among=handle, pick="all")
    finds = _list_described(reader, reader.end_index(start), reader.end_index(end), every)
    waits = all(call.can_change for call in calls)
    if not finds or (found is None and not (waits and all(each.order is not None for each in finds))):
        return None
    if left_out is not None:
        finds = [every.model_copy(update={"where": tuple(Except(left_out=each) for each in finds)})]
    kept = keep_arguments(offer, calls[-1], {name: every})
    made = tuple(Call(action=offer.name, arguments={**kept, name: RecordArgument(reference=each)}) for each in finds)
    result = PlanResult(calls=made, replaces=tuple(each.handle for each in calls))
    beside = ((plain[:start].rstrip(), 0), (plain[end:], end))
    return Proposal(result=result, replaced=tuple(Words(text=text, start=at) for text, at in beside if text))


def _list_described(reader: Reader, first: int, stop: int, every: Find) -> list[Find]:
    """The records of a set that a list of phrases describes. Empty if it holds anything else."""
    # Whom the thread spoke of is nobody's here: "the open ones" are those of the card.
    reader = Reader(reader.text.plain, tuple(reader.kinds.values()), reader.now, reader.place)
    reader.shown[every.record] = reader.last_set = every
    reader.standing = stand_for(reader, every)
    kind = reader.kinds[every.record]
    finds: list[Find] = []
    at = first
    while at < stop:
        phrase = (
            read_phrase(reader, at, stop, kind) if reader.low(at) not in lexicon.PRONOUNS | lexicon.PLURALS else None
        )
        if phrase is None or phrase.find.record != every.record:
            return []
        find = phrase.find
        whole = find.said is None and find.order is None and find.pick == "one"
        finds.append(find.model_copy(update={"among": every.among, "pick": "all" if whole else find.pick}))
        at = phrase.last
        while at < stop and (reader.joint(at) or reader.is_mark(at) or reader.low(at) in _FURTHER):
            at += 1
    return finds


_FURTHER: Final = frozenset(("and", "or", "nor", "not"))
