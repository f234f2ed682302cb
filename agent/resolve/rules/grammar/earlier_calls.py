"""Earlier calls and answers taken up again: fewer of them ("leave 7 out"), the record beside theirs ("and the one
before that", "the other one"), the same for somebody else's ("also Ada's"), a find with something else in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel

from agent.pipeline import EarlierCall
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    BelongsTo,
    Call,
    Compare,
    ComputedArgument,
    Except,
    FieldOf,
    Find,
    Handle,
    Has,
    OrderByField,
    PlanResult,
    Proposal,
    QuotedText,
    RecordArgument,
    Words,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.taking_back import LEAD, PLACES, list_words, words_of
from language.text import word_set
from registry.offers.offer import Offer
from registry.records import RecordKind


def without_places(node: Any) -> Any:
    """The same with the words of an earlier request at no place: they stand at none of this one."""
    if isinstance(node, Words):
        return node.model_copy(update={"start": None})
    if isinstance(node, BaseModel):
        return node.model_copy(update={name: without_places(getattr(node, name)) for name in type(node).model_fields})
    return tuple(without_places(each) for each in node) if isinstance(node, tuple) else node


def exchange(node: Any, old: Any, new: Any) -> Any:
    """The node with ``new`` for ``old`` wherever it stands within."""
    if node == old:
        return new
    if isinstance(node, BaseModel):
        held = {name: getattr(node, name) for name in type(node).model_fields}
        changed = {name: made for name, each in held.items() if (made := exchange(each, old, new)) is not each}
        return node.model_copy(update=changed) if changed else node
    if isinstance(node, tuple):
        parts = tuple(exchange(each, old, new) for each in node)
        return node if all(one is other for one, other in zip(parts, node, strict=True)) else parts
    if isinstance(node, dict):
        pairs = {key: exchange(each, old, new) for key, each in node.items()}
        return node if all(pairs[key] is each for key, each in node.items()) else pairs
    return node


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
_BEFORE: Final = word_set("before previous preceding earlier prior")
_AFTER: Final = word_set("after next following later")
_BESIDE: Final = lexicon.DETERMINERS | word_set(
    "and also too as well one that this please again it ok okay then plus now same for"
)
_OTHER: Final = word_set(
    "no nope not sorry oops actually wait i mean meant other and also too the one please rather that"
)
_AGAIN: Final = re.compile(
    rf"{LEAD}(?:(?:do\s+)?(?:the\s+)?same(?:\s+thing)?|do\s+(?:it|that|this))\s+(?:again|once\s+more|another\s+time)(?:\s+please)?[\s.!]*",
    re.IGNORECASE,
)
_LABELLED: Final = (
    LEAD + r"(?:(?:with|add|make|set|change|put|use)\s+)?(?:(?:the|a|as)\s+)*(?:{called})"
    r"(?:\s*[:=]\s*|\s+(?:is|to|saying|as|should\s+be)\s+|\s+)[\"“']?(?P<text>\S.*?)[\"”']?"
)
_CORRECTS: Final = word_set("no nope not sorry oops actually wait mean meant rather")


def fewer(typed: str, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """ "leave 7 out, only 5, just the first": the calls that wait without some of them, by the words that each was said
    with or its place."""
    left_out, left = _LEFT_OUT.fullmatch(typed), _LEFT.fullmatch(typed)
    found = left_out or left
    if found is None or not all(call.waits for call in calls) or len(calls) < 2:
        return None
    groups = found.groupdict()
    said = list_words(groups.get("what") or groups.get("apart") or groups.get("alone") or "")
    named = [call for call in calls if any(word in said for word in words_of(call))]
    known = {word for call in named for word in words_of(call)}
    if len(said) == 1 and said[0] in PLACES and -len(calls) <= PLACES[said[0]] < len(calls):
        named, known = [calls[PLACES[said[0]]]], set(said)
    if not named or len(named) == len(calls) or not said or not set(said) <= known:
        return None
    kept = [call for call in calls if (call in named) is (left_out is None)]
    made = tuple(Call(action=offer.name, arguments=as_before(offer, call, {})) for call in kept)
    result = PlanResult(calls=made, replaces=tuple(call.handle for call in calls))
    return Proposal(result=result, replaced=(Words(text=typed, start=0),))


def beside(reader: Reader, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """ "and the one before that, no, the other invoice, the other Ada": the record beside the one that the last call
    was for, among those of whom it belongs to. Said after a no it takes that call's place."""
    last = calls[-1]
    names = [name for name in last.records if offer.annotation(name).record is not None]
    if len(calls) > 1 or not names or last.computed:
        return None
    said = [at for at in range(len(reader.tokens)) if not reader.is_mark(at)]
    corrects = any(reader.low(at) in _CORRECTS for at in said)
    for name in names:
        kind = reader.kinds.get(offer.annotation(name).record or "")
        here = Find(record=kind.name, among=last.records[name]) if kind is not None else None
        if kind is None or here is None:
            continue
        find = _before_or_after(reader, kind, here, said) or _other(reader, kind, here, said, last.found.get(name))
        if find is None:
            continue
        if corrects and not last.waits:
            return None
        arguments = {**as_before(offer, last, {name: find}), name: RecordArgument(reference=find)}
        call = Call(action=offer.name, arguments=arguments)
        return Proposal(result=PlanResult(calls=(call,), replaces=(last.handle,) if corrects else ()))
    return None


def _before_or_after(reader: Reader, kind: RecordKind, here: Find, said: Sequence[int]) -> Find | None:
    lows = [reader.low(at) for at in said if not _is_noun(reader, at, kind)]
    way = [low for low in lows if low in _BEFORE | _AFTER]
    if len(way) != 1 or kind.order is None or not set(lows) <= _BESIDE | _BEFORE | _AFTER:
        return None
    back = way[0] in _BEFORE
    then = Compare(field=kind.order, op="<" if back else ">", value=FieldOf(field=kind.order, of=here))
    order = OrderByField(first="latest" if back else "earliest")
    return Find(record=kind.name, where=(*_of_the_same(reader, kind, here), then), order=order)


def _other(reader: Reader, kind: RecordKind, here: Find, said: Sequence[int], before: Find | None) -> Find | None:
    at = next((at for at in said if reader.low(at) == "other"), None)
    if at is None or any(reader.low(each) not in _OTHER | lexicon.OWNERS for each in said if each < at):
        return None
    rest = [each for each in said if each > at and reader.low(each) not in {"please", "one", "too", "instead"}]
    rest = [each for each in rest if not _is_noun(reader, each, kind)]
    if not rest:
        return Find(record=kind.name, where=(*_of_the_same(reader, kind, here), Except(left_out=here)))
    people = reader.people()
    if people is None or rest != list(range(rest[0], rest[-1] + 1)) or reader.name(rest[0], rest[-1] + 1) <= rest[-1]:
        return None
    named = reader.words(rest[0], rest[-1] + 1)
    owner = Find(record=people.name, where=(Has(related=here),))
    someone = Find(record=people.name, said=named, where=(Except(left_out=owner),))
    theirs = Find(record=kind.name, where=(BelongsTo(owner=someone),))
    return carry_over(without_places(before), theirs) if before is not None else theirs


def _is_noun(reader: Reader, at: int, kind: RecordKind) -> bool:
    found = reader.noun(at)
    return found is not None and found[0].name == kind.name


def _of_the_same(reader: Reader, kind: RecordKind, here: Find) -> tuple[BelongsTo, ...]:
    """That it belongs to the same person, where records of the kind belong to people."""
    people = reader.people()
    if people is None or kind is people or kind.relation_to(people.name) is None:
        return ()
    return (BelongsTo(owner=Find(record=people.name, where=(Has(related=here),))),)


def once_more(typed: str, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """ "same again": the call that was done, once more."""
    if _AGAIN.fullmatch(typed) is None or len(calls) > 1 or calls[-1].waits:
        return None
    call = Call(action=offer.name, arguments=as_before(offer, calls[-1], {}))
    return Proposal(result=PlanResult(calls=(call,)))


def text_anew(typed: str, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """ "the reason is …, with the note …": a text of the call that waits, behind what its parameter is called."""
    last = calls[-1]
    for name, schema in offer.properties.items() if len(calls) == 1 and last.waits else ():
        if not is_free_text(schema) or offer.annotation(name).record is not None:
            continue
        called = "|".join(re.escape(each) for each in {name, (offer.annotation(name).label or name)})
        found = re.fullmatch(_LABELLED.format(called=called), typed.strip(), re.IGNORECASE | re.DOTALL)
        if found is None:
            continue
        start = typed.index(typed.strip()) + found.start("text")
        quote = Words(text=found["text"], start=start)
        arguments = {**as_before(offer, last, {name: quote}), name: QuotedText(quote=quote)}
        call = Call(action=offer.name, arguments=arguments)
        result = PlanResult(calls=(call,), replaces=(last.handle,))
        return Proposal(result=result, replaced=(Words(text=typed, start=0),))
    return None


def is_free_text(schema: object) -> bool:
    plain = isinstance(schema, Mapping) and schema.get("type") == "string"
    return plain and not {"enum", "format", "pattern"} & set(schema)  # type: ignore[call-overload]


def carry_over(before: Find, theirs: Find) -> Find:
    """Somebody else's, as it was said of the first one's: "and Ada's" after "resend Ben's overdue bill" is overdue
    too."""
    owners = [each for each in before.where if isinstance(each, BelongsTo)]
    mine = [each for each in theirs.where if isinstance(each, BelongsTo)]
    bare = theirs.said is None and theirs.order is None and len(theirs.where) == 1
    if before.record != theirs.record or before.said is not None or not bare or len(owners) != 1 or len(mine) != 1:
        return theirs
    where = tuple(mine[0] if each is owners[0] else each for each in before.where)
    return before.model_copy(update={"where": where})


def as_before(offer: Offer, last: EarlierCall, found: Mapping[str, Any]) -> dict[str, Argument]:
    """The arguments of the earlier call that aren't said anew."""
    made: dict[str, Argument] = {}
    for name, handle in last.records.items():
        if name in offer.properties and offer.annotation(name).record is not None and name not in found:
            made[name] = RecordArgument(reference=Handle(handle=handle))
    for name in (*last.said, *last.computed):
        if name in offer.properties and name not in found:
            made[name] = ComputedArgument(expression=ArgumentOf(argument=name, of=last.handle))
    return made
