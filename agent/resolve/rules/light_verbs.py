"""Verbs said by other means: by a noun that something is done with ("make a payment"), by a level to move to ("lower it
to 30")."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from agent.resolve.rules.clauses import after_verb
from language.stems import EMPTY, stem, stem_text
from language.text import blank_quotations, word_set

# What these verbs do is said by their noun (light verbs: Jespersen 1942): "take a look", "place an order", "perform a
# search".
_LIGHT: Final = re.compile(
    r"\b(?:mak(?:e|ing)|do(?:ing)?|tak(?:e|ing)|giv(?:e|ing)|hav(?:e|ing)|plac(?:e|ing)|perform(?:ing)?|carry(?:ing)?\s+out|run(?:ning)?|"
    r"conduct(?:ing)?|execut(?:e|ing)|establish(?:ing)?|set(?:ting)?\s+up|initiat(?:e|ing)|issu(?:e|ing)|put(?:ting)?\s+in|start(?:ing)?)"
    r"\s+(?:(?:me|us|him|her|them)\s+)?(?:a|an|the|another|some)\s+(?P<words>(?:[a-z][\w-]*\s+){0,2}[a-z][\w-]*)",
    re.IGNORECASE,
)
LEVELS: Final = frozenset(
    map(stem, word_set("lower raise increase decrease reduce bump turn boost drop lift cut bring adjust"))
)
"""Stems of verbs that move a level up or down."""
SETTING: Final = frozenset(map(stem, word_set("set change adjust update modify")))
_TO: Final = re.compile(r"\b(?:up|down|back)?\s*to\s+(?!(?:the|a|an|my|our|his|her|their)\b)[\w\"'“‘]", re.IGNORECASE)


@lru_cache(maxsize=256)
def find_light_verb_noun(text: str) -> str | None:
    """The stem of the noun that says what is done, where a verb stands before it that says nothing itself."""
    found = _LIGHT.search(blank_quotations(text))
    if found is None:
        return None
    for word in found["words"].split():
        if word.casefold() not in EMPTY and (made := stem_text(word)):
            last = made[-1]
            if last.endswith(_DEEDS) or word.casefold().endswith(_DEEDS):
                return last
    return None


_DEEDS: Final = (
    "ion",
    "ment",
    "al",
    "ance",
    "ence",
    "search",
    "order",
    "call",
    "copy",
    "change",
    "update",
    "refund",
    "transfer",
    "booking",
)


@lru_cache(maxsize=256)
def sets_to(text: str) -> bool:
    """Whether a level is said that something shall have afterwards."""
    begin = after_verb(text)
    return begin is not None and _TO.search(text, begin) is not None
