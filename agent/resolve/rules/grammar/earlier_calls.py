"""Earlier calls and answers in a follow-up: undoes them, takes another record than theirs ("the other one"), repeats
them for another record ("also Ada's"), or changes a part of a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from pydantic import BaseModel

from agent.pipeline import Abstain, EarlierCall, Turn
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    BelongsTo,
    Call,
    ComputedArgument,
    Except,
    Find,
    Handle,
    Has,
    PlanResult,
    Proposal,
    RecordArgument,
    UndoResult,
    Words,
)
from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.chooser import Chooser
from agent.resolve.rules.grammar.reader import Reader
from language.text import read_text, word_set
from registry.offers.offer import Offer
from registry.records import RecordKind

BOTH: Final = 2
WHICH_BOTH: Final = "Which two should be taken back? Say what each of them was; nothing was done."
NOTHING_BEFORE: Final = (
    "Nothing was done in this conversation yet that could be undone. Say what should be undone, or open what was done "
    "and undo it there."
)
LEAD: Final = (
    r"\W*(?:(?:oops|whoops|oh|ah|hm+|wait|no|nope|nah|sorry|actually|ok|okay|well|hang\s+on|hold\s+on|please|can\s+you|could\s+you|"
    r"on\s+second\s+thoughts?|pls|just|then|so|and|now|that\s+was\s+wrong)\b[\s,.!…–—-]*)*"
)
LEAD_WORDS: Final = re.compile(rf"(?=\W*\w){LEAD}(?<=[\w,.!…–—-]\s)", re.IGNORECASE)
_DENIES: Final = re.compile(r"\b(?:no|nope|nah)\b", re.IGNORECASE)
_INSTEAD: Final = re.compile(r"[\s,]+(?:instead|rather)(?:\s+please)?[\s.!]*$|\b(?:actually|rather)\b", re.IGNORECASE)
_DID: Final = r"(?:i|we|you)\s+(?:have\s+)?(?:just\s+)?(?:did|done|made|changed)"
_THAT: Final = (
    r"(?:it|that|this|them|those|these|both|all|everything|"
    r"(?:the|my|our)\s+(?:very\s+)?(?:last|latest|previous|most\s+recent)\s+"
    rf"(?:one|step|change|action|thing|act|request|order|edit)(?:\s+(?:that\s+)?{_DID})?|what\s+{_DID}|"
    r"(?:the|my)\s+change|that\s+one)"
)
_AS_BEFORE: Final = (
    r"(?:\s+(?:again|please|pls|now|all|of\s+(?:it|them)|(?:to|as|like|how|the\s+way)\s+(?:what\s+|how\s+|the\s+way\s+)?"
    r"(?:it|they)\s+(?:was|were)(?:\s+before)?|like\s+before|as\s+before))*"
)
_VERB: Final = r"(?:undo|revert|reverse|roll\s+back|take\s+back|unwind|withdraw)"
_AS_WAS: Final = (
    rf"(?:(?:(?:put|set|make|leave)\s+{_THAT}|{_THAT}\s+(?:stays?|goes|should\s+(?:be|stay|go)))\s+)?(?:back\s+)?(?:to\s+)?"
    r"(?:as|how|what|the\s+way)\s+(?:it|they)\s+(?:was|were)"
)
_UNDO: Final = re.compile(
    rf"{LEAD}(?:{_VERB}(?:\s+(?P<what>(?:(?:both|all)\s+of\s+)?{_THAT}))?"
    rf"|(?:take|put|set|change|turn|roll|switch|bring|move|give|flip)\s+{_THAT}\s+back|{_AS_WAS}(?:\s+before)?){_AS_BEFORE}\W*(?:[,;.–—-]\s*(?P<why>\S.*))?",
    re.IGNORECASE | re.DOTALL,
)
_DROP: Final = re.compile(
    rf"{LEAD}(?:never\s?mind|(?:stop|abort|ignore)(?:\s+(?:it|that|this|me))?|not\s+(?:yet|now)|(?:forget|scrap|drop|scratch|leave|cancel)\s+(?:it|that|about\s+(?:it|that))|(?:please\s+)?(?:don['’]?t|do\s+not)"
    r"(?:\s+do)?(?:\s+(?:it|that))?)(?:\s+(?:please|then|after\s+all|for\s+now|as\s+it\s+is))*\W*(?:[,;.–—-]\s*(?P<why>\S.*))?",
    re.IGNORECASE | re.DOTALL,
)
_TOLD_FIRST: Final = re.compile(r"(?P<why>[^;.!?]{3,80})[,;.!]\s*(?P<rest>\S.*)", re.DOTALL)
_SOUNDS: Final = word_set("hm hmm oh ah oops no nope wait sorry ok okay well actually")
_DEPENDS: Final = word_set("if unless when once until till provided whether")
_SUBJECTS: Final = word_set("i we he she they it")
"""Subjects of a clause that tells something: it orders nothing."""
_ARTICLES: Final = lexicon.DETERMINERS | word_set("number no nr # and one ones for of")


_MORE: Final = word_set("also too same again plus")
ON_TOP: Final = word_set("and plus more also then another")
AGREES: Final = word_set("ok okay please pls yes yeah")
"""What may stand before any of it, and says nothing."""


def comes_on_top(text: str) -> bool:
    """Whether words say that something is done besides, and not instead."""
    said = [each.low for each in read_text(text).tokens if each.word and each.low not in AGREES]
    return bool(said) and {"instead", "rather"}.isdisjoint(said) and (said[0] in ON_TOP or says_more(said))


def says_more(said: Sequence[str]) -> bool:
    """Whether a word says that something is done besides, wherever it stands: "also Ada", "Ada as well"."""
    return not _MORE.isdisjoint(said) or ("as", "well") in pairwise(said)


def strip_denial(text: str) -> tuple[str, bool]:
    """The words with blanks for what denies something before them ("no, …"), and whether they do. Also without what
    only says that they replace it ("… instead"). As they stand if they come on top of something."""
    lead = LEAD_WORDS.match(text)
    begun = lead[0] if lead is not None else ""
    rest = text[len(begun) :]
    told = _INSTEAD.search(rest)
    apart = not begun.rstrip()[-1:].isalnum() or begins_like_an_order(rest)  # "no problem, …" denies nothing
    denies = apart and _DENIES.search(begun) is not None
    changes = _INSTEAD.search(begun) is not None or told is not None
    if not (denies or changes) or says_more([each.low for each in read_text(text).tokens if each.low != "again"]):
        return text, False
    stop = told.start() if told is not None and told.end() == len(rest) else len(rest)
    return f"{' ' * len(begun)}{rest[:stop]}{' ' * (len(rest) - stop)}", denies


def take_back(reader: Reader, typed: str, thread: Sequence[Turn], chooser: Chooser) -> Proposal | Abstain | None:
    """Takes the latest calls of the thread back, also after requests that came to nothing. None if the words don't ask
    for that. ``typed`` are the words as typed."""
    if not any(turn.calls for turn in thread):
        return Abstain(reason="nothing_fits", detail=NOTHING_BEFORE) if _UNDO.fullmatch(typed) else None
    latest = [turn for turn in thread if not turn.idle][-2:]
    calls = next((turn.calls for turn in reversed(latest) if turn.calls), ())
    what = _says_back(reader, typed, calls, chooser) if calls else None
    if what is None:
        return None
    if what.startswith("both") and len(calls) != BOTH:
        return Abstain(reason="nothing_fits", detail=WHICH_BOTH)
    return Proposal(result=UndoResult(calls=tuple(call.handle for call in calls)))


def _says_back(reader: Reader, typed: str, calls: Sequence[EarlierCall], chooser: Chooser) -> str | None:
    """The words that say which calls to take back. Empty if none do, None if nothing is to be taken back."""
    for text in dict.fromkeys((typed, reader.text.plain)):
        found = _match_back(text, calls)
        told = _TOLD_FIRST.fullmatch(text) if found is None else None
        if told is not None and _orders_nothing(reader, chooser, 0, len(read_text(told["why"]).tokens)):
            found = _match_back(told["rest"], calls)
        if found is not None and (found["why"] is None or tells_why(found["why"], reader, chooser)):
            return (found.groupdict().get("what") or "").casefold()
    return None


def _match_back(text: str, calls: Sequence[EarlierCall]) -> re.Match[str] | None:
    found = _UNDO.fullmatch(text)
    return _DROP.fullmatch(text) if found is None and all(call.waits for call in calls) else found


def list_words(text: str) -> list[str]:
    return [token.low for token in read_text(text).tokens if token.word and token.low not in _ARTICLES]


def list_said_words(call: EarlierCall) -> list[str]:
    """The words that the records of a call were described with, if nothing else of their query identifies them."""
    return [word for find in call.found.values() for said in _list_said(find) for word in list_words(said)]


def _list_said(find: Find) -> list[str]:
    owners = [each.owner for each in find.where if isinstance(each, BelongsTo) and isinstance(each.owner, Find)]
    return [each.said.text for each in (find, *owners) if each.said is not None]


def tells_why(why: str, reader: Reader, chooser: Chooser) -> bool:
    """Whether the rest of the request orders nothing."""
    count = len(read_text(why).tokens)
    first, stop = len(reader.tokens) - count, len(reader.tokens)
    return _orders_nothing(reader, chooser, max(first, 0), stop)


def _orders_nothing(reader: Reader, chooser: Chooser, first: int, stop: int) -> bool:
    stop = min(stop, len(reader.tokens))  # the typed text may have more words than the normalized one
    said = next((at for at in range(first, stop) if reader.tokens[at].word and reader.low(at) not in _SOUNDS), stop)
    if any(reader.low(at) in _DEPENDS for at in range(first, stop)):
        return False
    told = reader.low(said) in _SUBJECTS or reader.lows(said, 2) == ("let", "me")
    return (told or not chooser.orders(first, stop)) and not any(
        (number := reader.numbers.get(step)) is not None and number.kind == "cardinal" and reader.low(step) != "one"
        for step in range(first, stop)
    )


def drop_places(node: Any) -> Any:
    """Removes the places of words from an earlier request, because they have none in this one."""
    return rewrite(node, lambda each: each.model_copy(update={"start": None}) if isinstance(each, Words) else each)


def exchange(node: Any, old: Any, new: Any) -> Any:
    """Replaces ``old`` with ``new`` throughout the node."""
    return rewrite(node, lambda each: new if each == old else each)


def rewrite(node: Any, change: Callable[[Any], Any]) -> Any:
    """Applies ``change`` to every node of the tree, from the root down, and replaces those that it changes."""
    if (made := change(node)) is not node:
        return made
    if isinstance(node, BaseModel):
        return node.model_copy(update={name: rewrite(getattr(node, name), change) for name in type(node).model_fields})
    if isinstance(node, dict):
        return {key: rewrite(each, change) for key, each in node.items()}
    return tuple(rewrite(each, change) for each in node) if isinstance(node, tuple) else node


_OTHER: Final = word_set(
    "no nope not sorry oops actually wait i mean meant other and also too the one please rather that"
)
_AGAIN: Final = re.compile(
    rf"{LEAD}(?:(?:do\s+)?(?:the\s+)?same(?:\s+thing)?|do\s+(?:it|that|this))\s+(?:again|once\s+more|another\s+time)(?:\s+please)?[\s.!]*",
    re.IGNORECASE,
)
_CORRECTS: Final = word_set("no nope not sorry oops actually wait mean meant rather")


def take_place(reader: Reader, made: Proposal, thread: Sequence[Turn]) -> Proposal:
    """The plan in place of the waiting calls that it says anew, if it has the same action for the very records of
    several: "both only half"."""
    result = made.result
    if not isinstance(result, PlanResult) or result.replaces or comes_on_top(reader.text.plain):
        return made
    waiting = {
        (call.action, *sorted(call.records.items())): call.handle
        for turn in thread
        for call in turn.calls
        if call.waits
    }
    handles = [waiting.get((call.action, *sorted(_list_spoken(call).items()))) for call in result.calls]
    replaced = tuple(each for each in handles if each is not None)
    return (
        made.model_copy(update={"result": result.model_copy(update={"replaces": replaced})})
        if BOTH <= len(replaced) == len(handles)
        else made
    )


def _list_spoken(call: Call) -> dict[str, str]:
    """The records of the thread that a call is for, as handles by parameter."""
    finds = {name: each.reference for name, each in call.arguments.items() if isinstance(each, RecordArgument)}
    return {
        name: find.among
        for name, find in finds.items()
        if isinstance(find, Find) and find.among is not None and find.said is None and not find.where
    }


def read_beside(reader: Reader, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """Another record than that of the last call, among those of the same owner: "no, the other invoice, the other Ada".
    After a "no" it replaces that call's record."""
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
        find = _other(reader, kind, here, said, last.found.get(name))
        if find is None:
            continue
        if corrects and not last.can_change:
            return None
        arguments = {**keep_arguments(offer, last, {name: find}), name: RecordArgument(reference=find)}
        call = Call(action=offer.name, arguments=arguments)
        return Proposal(result=PlanResult(calls=(call,), replaces=(last.handle,) if corrects else ()))
    return None


def corrects_to_other(text: str) -> bool:
    """Whether words say only that another one is meant instead: "no, the other one"."""
    said = {token.low for token in read_text(text).tokens if token.word}
    return "other" in said and bool(said & _CORRECTS) and said <= (_OTHER | {"one", "instead"}) - {"also", "too", "and"}


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
    return carry_over(drop_places(before), theirs) if before is not None else theirs


def _is_noun(reader: Reader, at: int, kind: RecordKind) -> bool:
    found = reader.noun(at)
    return found is not None and found[0].name == kind.name


def _of_the_same(reader: Reader, kind: RecordKind, here: Find) -> tuple[BelongsTo, ...]:
    """The condition that it belongs to the same person, if records of the kind belong to people."""
    people = reader.people()
    if people is None or kind is people or kind.relation_to(people.name) is None:
        return ()
    return (BelongsTo(owner=Find(record=people.name, where=(Has(related=here),))),)


def read_once_more(typed: str, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | None:
    """Repeats the finished call: "same again"."""
    if _AGAIN.fullmatch(typed) is None or len(calls) > 1 or calls[-1].waits:
        return None
    call = Call(action=offer.name, arguments=keep_arguments(offer, calls[-1], {}))
    return Proposal(result=PlanResult(calls=(call,)))


def carry_over(before: Find, theirs: Find) -> Find:
    """Takes over the description of the first record for another owner: "and Ada's" after "resend Ben's overdue bill"
    is overdue too."""
    owners = [each for each in before.where if isinstance(each, BelongsTo)]
    mine = [each for each in theirs.where if isinstance(each, BelongsTo)]
    bare = theirs.said is None and theirs.order is None and len(theirs.where) == 1
    if before.record != theirs.record or before.said is not None or not bare or len(owners) != 1 or len(mine) != 1:
        return theirs
    where = tuple(mine[0] if each is owners[0] else each for each in before.where)
    return before.model_copy(update={"where": where})


def keep_arguments(offer: Offer, last: EarlierCall, found: Mapping[str, Any]) -> dict[str, Argument]:
    """Keeps the arguments of the earlier call that aren't given again."""
    made: dict[str, Argument] = {}
    for name, handle in last.records.items():
        if name in offer.properties and offer.annotation(name).record is not None and name not in found:
            made[name] = RecordArgument(reference=Handle(handle=handle))
    for name in (*last.said, *last.computed):
        if name in offer.properties and name not in found:
            made[name] = ComputedArgument(expression=ArgumentOf(argument=name, of=last.handle))
    return made
