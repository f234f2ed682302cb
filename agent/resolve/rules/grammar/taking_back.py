"""Taking back: "undo that", "forget it", "take the credit back", and which of the thread's calls that is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.pipeline import Abstain, EarlierCall, Turn
from agent.planning.proposal import BelongsTo, Find, Proposal, UndoResult
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.chooser import Chooser
from agent.resolve.rules.grammar.reader import Reader
from language.text import read_text, word_set

BOTH: Final = 2
WHICH_BOTH: Final = "Which two shall be taken back? Say what each of them was; nothing was done."
NOTHING_BEFORE: Final = (
    "Nothing was done in this conversation yet that could be undone. Say what shall be undone; nothing was done."
)
LEAD: Final = (
    r"\W*(?:(?:oops|whoops|oh|ah|hm+|wait|no|nope|nah|sorry|actually|ok|okay|well|hang\s+on|hold\s+on|please|can\s+you|could\s+you|"
    r"on\s+second\s+thoughts?|pls|just|then|so|and|now|that\s+was\s+wrong)\b[\s,.!…–—-]*)*"
)
_THAT: Final = (
    r"(?:it|that|this|them|those|these|both|all|everything|the\s+last\s+(?:one|step|change|action)|"
    r"the\s+change|that\s+one)"
)
_BEFORE: Final = (
    r"(?:\s+(?:again|please|pls|now|all|of\s+(?:it|them)|(?:to|as|like|how|the\s+way)\s+(?:what\s+|how\s+|the\s+way\s+)?"
    r"(?:it|they)\s+(?:was|were)(?:\s+before)?|like\s+before|as\s+before))*"
)
_VERB: Final = r"(?:undo|revert|reverse|roll\s+back|take\s+back|unwind|withdraw)"
_UNDO: Final = re.compile(
    rf"{LEAD}(?:{_VERB}(?:\s+(?P<what>(?:(?:both|all)\s+of\s+)?{_THAT}))?"
    rf"|(?:take|put|set|change|turn|roll|switch|bring|move|give|flip)\s+{_THAT}\s+back){_BEFORE}\W*(?:[,;.–—-]\s*(?P<why>\S.*))?",
    re.IGNORECASE | re.DOTALL,
)
_DROP: Final = re.compile(
    rf"{LEAD}(?:never\s?mind|(?:forget|scrap|drop|scratch|leave|cancel)\s+(?:it|that|about\s+(?:it|that))|(?:please\s+)?(?:don['’]?t|do\s+not)"
    r"(?:\s+do)?(?:\s+(?:it|that))?)(?:\s+(?:please|then|after\s+all|for\s+now|as\s+it\s+is))*\W*(?:[,;.–—-]\s*(?P<why>\S.*))?",
    re.IGNORECASE | re.DOTALL,
)
_TOLD_FIRST: Final = re.compile(r"(?P<why>[^;.!?]{3,80})[,;.!]\s*(?P<rest>\S.*)", re.DOTALL)
PLACES: Final = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1, "latest": -1}
_ARTICLES: Final = lexicon.DETERMINERS | word_set("number no nr # and one ones for of")


def take_back(reader: Reader, typed: str, thread: Sequence[Turn], chooser: Chooser) -> Proposal | Abstain | None:
    """What of the thread's calls shall be taken back; None where nothing shall. ``typed`` are the words as they were
    typed."""
    if not any(turn.calls for turn in thread):
        return Abstain(reason="nothing_fits", detail=NOTHING_BEFORE) if _UNDO.fullmatch(typed) else None
    calls = next((turn.calls for turn in reversed(thread[-2:]) if turn.calls), ())
    what = _says_back(reader, typed, calls, chooser) if calls else None
    if what is None:
        return None
    meant = _both(thread, calls) if what.startswith("both") else calls
    if meant is None:
        return Abstain(reason="nothing_fits", detail=WHICH_BOTH)
    return Proposal(result=UndoResult(calls=tuple(call.handle for call in meant)))


def _says_back(reader: Reader, typed: str, calls: Sequence[EarlierCall], chooser: Chooser) -> str | None:
    """What shall be taken back, in the words that say it, empty where none do; None where nothing shall."""
    for text in dict.fromkeys((typed, reader.text.plain)):
        found = _match_back(text, calls)
        told = _TOLD_FIRST.fullmatch(text) if found is None else None
        if told is not None and _orders_nothing(reader, chooser, 0, len(read_text(told["why"]).tokens)):
            found = _match_back(told["rest"], calls)
        if found is not None and (found["why"] is None or _tells_why(found["why"], reader, chooser)):
            return (found.groupdict().get("what") or "").casefold()
    return None


def _match_back(text: str, calls: Sequence[EarlierCall]) -> re.Match[str] | None:
    found = _UNDO.fullmatch(text)
    return _DROP.fullmatch(text) if found is None and all(call.waits for call in calls) else found


def _both(thread: Sequence[Turn], calls: Sequence[EarlierCall]) -> tuple[EarlierCall, ...] | None:
    """The two calls that "both" are: those of the latest request, else its one call and that of the one before. None
    where they can't be told."""
    if len(calls) > 1:
        return tuple(calls) if len(calls) == BOTH else None
    turns = [turn.calls for turn in thread if turn.calls]
    if len(turns) < BOTH or len(turns[-2]) != 1:
        return None
    return (*turns[-2], *turns[-1])


def list_words(text: str) -> list[str]:
    return [token.low for token in read_text(text).tokens if token.word and token.low not in _ARTICLES]


def words_of(call: EarlierCall) -> list[str]:
    """The words that the records of a call were said with, where nothing else of their query tells them."""
    return [word for find in call.found.values() for said in _list_said(find) for word in list_words(said)]


def _list_said(find: Find) -> list[str]:
    owners = [each.owner for each in find.where if isinstance(each, BelongsTo) and isinstance(each.owner, Find)]
    return [each.said.text for each in (find, *owners) if each.said is not None]


def _tells_why(why: str, reader: Reader, chooser: Chooser) -> bool:
    """Whether nothing is ordered in what follows, with which the request ends."""
    count = len(read_text(why).tokens)
    first, stop = len(reader.tokens) - count, len(reader.tokens)
    return _orders_nothing(reader, chooser, max(first, 0), stop)


def _orders_nothing(reader: Reader, chooser: Chooser, first: int, stop: int) -> bool:
    stop = min(stop, len(reader.tokens))  # what was typed may have more words than what is read
    return not chooser.orders(first, stop) and not any(
        step in reader.numbers and reader.low(step) != "one" for step in range(first, stop)
    )
