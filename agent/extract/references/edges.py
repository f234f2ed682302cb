"""Where a phrase begins and ends: the little words around names, and what can be a part of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.references import vocabulary as lists
from language.stems import ORDERS, stem
from language.text import Token, word_set

LEFT: Final = (
    word_set("the a an this that these those of one my our his her their its new old")
    | lists.EVERY
    | frozenset(word for phrase in lists.PLACES for word in phrase.split())
    | frozenset(lists.COUNTS)
    | frozenset(lists.SIDES)
)
STOP: Final = word_set(
    "and or then but if because so when while please with to into as via using than not is are was were has have "
    "had can could should would will do does did tell send give make set mark let also"
)
# Said after a name of when or how something shall be done, and never a part of one.
MANNER: Final = word_set(
    "immediately now today tomorrow tonight asap again soon quickly urgently please thanks thank right straight once effective instantly "
    "already too back there here twice permanently temporarily completely fully"
)
JOINERS: Final = word_set("of de di da del della la le van von der den du al el y & and o'")
BENEFICIARIES: Final = word_set("me us you myself")
DETERMINERS: Final = word_set("the our")
MOST_DESCRIBING: Final = 6
PREPOSITIONS: Final = word_set(
    "of for from by belonging about regarding concerning called named titled on in to with under"
)


def end_of(token: Token) -> int:
    return token.end - 2 if token.owns else token.end


def name_part(tokens: Sequence[Token], index: int, capital: bool) -> bool:
    token = tokens[index]
    if not token.word or token.owns or token.low in STOP | PREPOSITIONS | LEFT:
        return token.low in {"the"} and False
    if capital:
        return token.capital and not starts_sentence(tokens, index)
    # A name typed in lower case: at most a first name before the last one, and never the sentence's verb.
    return (
        not token.capital
        and token.low.isalpha()
        and not starts_sentence(tokens, index)
        and stem(token.low) not in ORDERS
        and (tokens[index + 1].owns or tokens[index - 1].low in {"of", "for", "to", "customer", "client", "user"})
    )


def joins_capitals(tokens: Sequence[Token], index: int) -> bool:
    """Whether this is the "&" of "Health & Wellness"."""
    return (
        0 < index < len(tokens) - 1
        and tokens[index].text in ("&", "+")
        and tokens[index - 1].capital
        and tokens[index + 1].capital
        and not starts_sentence(tokens, index - 1)
    )


def starts_sentence(tokens: Sequence[Token], index: int) -> bool:
    return index == 0 or tokens[index - 1].text in {".", "!", "?", ":"}


def clause_end(tokens: Sequence[Token], index: int) -> int:
    first = index
    while (
        index < len(tokens)
        and tokens[index].text not in {",", ";", ".", "?", "!", ":", "(", ")"}
        and tokens[index].low not in STOP | MANNER
    ):
        if index - first > 7 or past_name(tokens, first, index):
            break
        index += 1
    return index


def past_name(tokens: Sequence[Token], first: int, index: int) -> bool:
    """Whether a name that began with a capital is over: "Hugo Bernard" of "Hugo Bernard by mail"."""
    token, before = tokens[index], tokens[index - 1]
    return (
        index > first
        and tokens[first].capital
        and before.capital
        and not before.owns
        and token.word
        and not token.capital
        and not token.text[:1].isdigit()
        and token.low not in JOINERS
        and token.low.isascii()
    )
