"""Answers that single out some of what was offered, as a noun phrase: "the one in Poland", "those not paid yet"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from agent.planning.proposal import Find, Words
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.questions.restrictions import restricted
from agent.resolve.rules.grammar.reader import Reader
from registry.records import RecordKind

MOST_LETTERS: Final = 120
_LEAD: Final = re.compile(
    r"^\W*(?:(?:no|oh|oops|sorry|actually|rather|just|only|please|ok|okay|i\s+mean(?:t)?|it['’]?s|that['’]?s)\b[\s,:–—-]*)+",
    re.IGNORECASE,
)
_ONE: Final = re.compile(r"\b(?P<one>ones?|those|some(?:one|body)|any(?:one|body))\b(?!\s+of\b)", re.IGNORECASE)


def read_singled_out(words: str, kind: RecordKind, kinds: Sequence[RecordKind], now: datetime) -> Find | None:
    """What an answer says of the records of a kind, each of its words read; None where it says nothing that tells them
    apart. "One" stands for the kind's own noun."""
    text = _LEAD.sub("", words.strip())
    if not text or len(text) > MOST_LETTERS or not kind.nouns:
        return None
    nouns = {noun.lower() for noun in kind.nouns}
    singular = kind.nouns[0]
    found = _ONE.search(text)
    if found is not None:
        text = f"{text[: found.start()]}{singular}{text[found.end() :]}"
        text = text if re.match(r"(?:the|that|this|an?|all|both|any)\b", text, re.IGNORECASE) else f"the {text}"
    elif not any(re.search(rf"\b{re.escape(noun)}\b", text, re.IGNORECASE) for noun in nouns):
        text = f"{text} {singular}"
    reader = Reader(text, kinds, now, lambda start, end: Words(text=text[start:end]))
    reader.asks = True
    stop = len(reader.tokens)
    while stop and reader.is_mark(stop - 1):
        stop -= 1
    phrase = read_phrase(reader, 0, stop, None) if stop else None
    if phrase is None or not phrase.noun or phrase.find.record != kind.name or phrase.find.said is not None:
        return None
    find = restricted(reader, phrase, stop)
    if find is None or find.said is not None or not (find.where or find.order):
        return None
    return find.model_copy(update={"pick": "one" if find.order is not None else "all"})
