"""Ends of names: how far a name goes that begins at a token. A capitalised name goes on with its capitals. A grammar
word, a kind's noun or a number ends it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Protocol

from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from language.stems import stem
from language.text import Token, word_set
from language.wordnet import is_word
from registry.records import RecordKind

MOST_NAMED: Final = 4
MOST_DIGITS: Final = 2
_SHORT_SUBJECTS: Final = lexicon.PRONOUNS | {"i", "we", "you", "there", "who", "what", "that", "here", "let"}
_NOBLE: Final = word_set("de da di du del la le van von der den ter al el bin")
"""Small words within names."""
_BEHIND_NUMBERS: Final = word_set("on to for from at in until till by with and of is was , . ; : ! ? )")
"""What may stand behind a number that belongs to a name."""


class Reader(Protocol):
    """What this module needs from a request's reader."""

    @property
    def tokens(self) -> tuple[Token, ...]: ...
    @property
    def titles(self) -> Mapping[int, int]: ...
    @property
    def numbers(self) -> Collection[int]: ...
    @property
    def dated(self) -> Collection[int]: ...
    @property
    def valued(self) -> Collection[int]: ...

    def low(self, index: int, /) -> str: ...
    def noun(self, index: int, /) -> tuple[RecordKind, int] | None: ...


def find_name_end(reader: Reader, index: int, stop: int) -> int:
    if index in reader.titles:
        return min(stop, reader.titles[index])
    end = index
    capital = index < len(reader.tokens) and reader.tokens[index].capital
    while end < min(stop, index + MOST_NAMED + 1, len(reader.tokens)):
        token = reader.tokens[end]
        if not token.word and token.text not in ("&",):
            break
        if token.low == "i" and not (end + 1 < len(reader.tokens) and reader.tokens[end + 1].capital):
            break
        if "'" in token.low and (token.low.endswith("n't") or token.low.split("'")[0] in _SHORT_SUBJECTS):
            break
        if capital and end > index and token.low in _NOBLE and end + 1 < stop and reader.tokens[end + 1].capital:
            end += 1
            continue
        if token.low in lexicon.NAME_STOP and not (capital and end > index and token.capital):
            break
        if end > index and token.low in lexicon.MANNER and not token.capital:
            break  # "to ada instead"
        if end > index and _numbers_a_name(reader, end, stop):
            return end + 1
        if token.word and (not token.low[0].isalpha() or any(map(str.isdigit, token.low))):
            break
        counted = end in reader.numbers or end in reader.dated or end in reader.valued
        if counted or (reader.noun(end) is not None and not (token.capital and end > index)):
            break
        if capital and end > index and token.word and not token.capital:
            break
        plural = end > index and token.low.endswith("s")
        if not token.capital and is_order(stem(token.low)) and not plural and not is_attribute(reader, end):
            break
        if not token.capital and end > index and is_word(token.low) and not is_word(reader.low(end - 1)):
            break
        end += 1
        if token.owns:
            break
    return end


def _numbers_a_name(reader: Reader, index: int, stop: int) -> bool:
    """Whether a short number belongs to the name before it and counts nothing: "Platform 9", "mill lane 4", but not
    "lamps 12" or "lamp 4 a day"."""
    if index >= min(stop, len(reader.tokens)) or reader.low(index - 1).endswith("s"):
        return False
    text, behind = reader.tokens[index].text, [each.text.casefold() for each in reader.tokens[index + 1 : index + 3]]
    short = text.isdigit() and len(text) <= MOST_DIGITS and index not in {*reader.dated, *reader.valued}
    ends = not behind or behind[0] in _BEHIND_NUMBERS
    return short and ends and not (len(behind) > 1 and behind[0] in ",." and behind[1].isdigit())  # "12,50"


def follows_definite(reader: Reader, index: int) -> bool:
    """Whether a possessive or a definite article stands right before a token."""
    owned = index > 0 and reader.tokens[index - 1].owns
    return owned or reader.low(index - 1) in lexicon.OWNERS | lexicon.DEFINITE


def is_definite(reader: Reader, index: int) -> bool:
    """Whether a kind's noun stands for a record that there is, and so is no verb: "her visit", "the visit with"."""
    return follows_definite(reader, index) and reader.noun(index) is not None


def is_attribute(reader: Reader, index: int) -> bool:
    """Whether a verb form belongs to the next word: "folding chairs", "2 paint rollers"."""
    after = reader.low(index + 1)
    numbered = index - 1 in reader.numbers
    return (reader.low(index).endswith("ing") or numbered) and after.isalpha() and after not in lexicon.NAME_STOP
