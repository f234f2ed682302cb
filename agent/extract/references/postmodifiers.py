"""What narrows records down after their noun: "customers that are in the won stage", "tasks due before Friday"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from agent.extract.references.edges import clause_end
from agent.extract.time import time_ranges
from language.spell_correction import is_same_word
from language.stems import ORDERS, stem
from language.text import Text, Token, singular, word_set
from registry.records import Field, RecordKind

RELATIVE: Final = word_set("that which who whose they he she it")
NEVER: Final = word_set("not never haven't hasn't isn't aren't wasn't weren't didn't don't doesn't hadn't")
PARTICIPLES: Final = word_set("assigned belonging owned sent received created opened due scheduled")
LIGHT: Final = word_set("one ones in with and or either the of on from still currently stage status list all both")
_ENDS: Final = word_set('. ; ! ? : " so because when while then but please if can could as')
_MOST: Final = 18


def narrowed(text: Text, last: int, kind: RecordKind) -> int:
    """The token after what is said of the records of ``kind`` whose phrase ends before token ``last``: up to the last word that a state,
    a time or a relation gives a meaning to."""
    tokens = text.tokens
    end = index = last
    relative = False
    whens = time_ranges.stretches(text) if any(each.ranged for each in kind.fields) else []
    while index < min(len(tokens), last + _MOST) and not _ends(tokens, index):
        relative = relative or tokens[index].low in RELATIVE
        # "Make ticket 5519 urgent": a state that follows at once is what it shall become.
        if (
            index + 2 < len(tokens)
            and tokens[index].low in PARTICIPLES
            and tokens[index + 1].low in ("to", "by", "from", "for")
        ):
            index = end = clause_end(tokens, index + 2)  # "leads assigned to Nadia"
            continue
        size = (state_at(tokens, index, kind)[1] if index > last else 0) or _when_at(tokens, index, whens)
        if size:
            index += size
            if index < len(tokens) and not _ends(tokens, index) and singular(tokens[index].low) in words_of(kind):
                index += 1  # "the lost stage"
            end = index
        elif relative or tokens[index].low in LIGHT | NEVER | PARTICIPLES:
            index += 1
        else:
            break
    return end


def state_at(tokens: Sequence[Token], index: int, kind: RecordKind) -> tuple[str, int]:
    """The state or time word of ``kind`` that begins at a token, and how many tokens it takes; ``("", 0)`` where none does.
    A slip of the pen is forgiven."""
    for phrase, parts in _phrases(tuple(kind.states), tuple(kind.times)):
        for joined in (parts, ("-".join(parts),)):
            said = tokens[index : index + len(joined)]
            if len(said) == len(joined) and all(
                is_same_word(token.low, part) for token, part in zip(said, joined, strict=True)
            ):
                return phrase, len(joined)
    return "", 0


@lru_cache(maxsize=256)
def _words(fields: tuple[Field, ...]) -> frozenset[str]:
    said = " ".join(" ".join((each.label, *each.words)) for each in fields)
    return frozenset(singular(word) for word in said.lower().replace("-", " ").split())


def words_of(kind: RecordKind) -> frozenset[str]:
    """The words for the kind's fields, singular: said of a record, they tell nothing by themselves ("the lost *stage*")."""
    return _words(kind.fields)


@lru_cache(maxsize=256)
def _phrases(states: tuple[str, ...], times: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    every = sorted({*states, *times}, key=len, reverse=True)
    return tuple((phrase, tuple(re.split(r"[\s-]+", phrase.lower()))) for phrase in every)


def _when_at(tokens: Sequence[Token], index: int, whens: Sequence[tuple[int, int, str]]) -> int:
    end = next((end for start, end, _ in whens if start == tokens[index].start), None)
    return 0 if end is None else sum(1 for token in tokens[index:] if token.start < end)


def _ends(tokens: Sequence[Token], index: int) -> bool:
    """Where the phrase is over: a mark, the next order, or where something shall go ("to Sofia", but not "to a proposal")."""
    token = tokens[index]
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.low in _ENDS or token.text in ("'", "`", "“", "‘", ","):
        return True
    if token.low in ("to", "into", "onto"):
        return after is None or after.low not in ("a", "an")
    return token.low in ("and", "or") and after is not None and stem(after.low) in ORDERS
