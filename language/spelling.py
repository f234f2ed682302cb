"""Spelling correction of function words: days, months, numbers, ordinals, times.

Only these words are corrected. Names, codes and free text stay as they are, and a value is always taken from the words
as typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from language.date_forms import DAYS, MONTHS, ORDINAL_DAYS
from language.number_words import CARDINALS, TENS
from language.spell_correction import Speller

_WORDS: Final = """
last next hundred thousand million billion dozen couple twice
first second third fourth fifth latest newest oldest earliest previous recent original biggest largest highest longest smallest lowest
cheapest shortest upcoming future coming every
today tonight tomorrow yesterday morning afternoon evening midnight weekend weekly monthly yearly daily minute minutes hours days weeks
months years quarter before after until since between during within percent euros dollars pounds
saying subject about regarding concerning called named titled except without unless otherwise
"""  # noqa: E501
_LONG_DAY: Final = 7
"""Letters from which a day or month looks like no name."""
_COMMON_SLIPS: Final = frozenset(("fourty", "ninty", "elevn", "twelv", "forteen"))
_DOUBLED: Final = re.compile(r"(.)\1")
_RUN: Final = re.compile(r"(?<![\w@.'/#+-])[^\W\d_]{4,}(?![\w@'/+-]|\.\w)")


@cache
def _general() -> Speller:
    numbers = (word for word in (*CARDINALS, *TENS) if len(word) > 3 and word != "zero")
    return Speller((*_WORDS.split(), *numbers, *_dates(), *(word for word in ORDINAL_DAYS if word.isalpha())))


@cache
def _calendar() -> Speller:
    return Speller(_dates())


def _dates() -> Iterator[str]:
    return (word for word in (*MONTHS, *DAYS) if len(word) > 4)


@cache
def _counting() -> frozenset[str]:
    return frozenset((*CARDINALS, *TENS))


def _may_be_name(word: str, meant: str) -> bool:
    """Whether a word near a number, an ordinal, or a short day or month may be a name: Sven is not seven, nor Frida
    Friday. Exchanged and doubled letters are slips."""
    if sorted(word) == sorted(meant) or _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", meant):
        return False
    if meant in _counting():
        return word not in _COMMON_SLIPS
    short = (meant in _calendar() and len(meant) < _LONG_DAY) or meant in ORDINAL_DAYS
    return short and (len(word) == len(meant) or word[-1] != meant[-1])


def find_misspellings(plain: str) -> list[tuple[int, int, str]]:
    """Finds misspelt words of the closed lists with their corrections. Capitalised words are corrected only to days and
    months, because others are names."""
    made = []
    for found in _RUN.finditer(plain):
        word = found[0]
        if word.islower():
            meant = _general().meant(word)
            meant = None if meant is not None and _may_be_name(word, meant) else meant
        elif word[1:].islower():
            meant = _calendar().meant(word.lower())
            meant = meant.capitalize() if meant and sorted(set(meant)) == sorted(set(word.lower())) else None
        else:
            meant = None
        if meant is not None:
            made.append((found.start(), found.end(), meant))
    return made
