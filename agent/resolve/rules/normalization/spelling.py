"""Slips of the pen in the words that say what is wanted: verbs of orders, and what the offers and records at hand are
called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final

from language.spell_correction import Speller
from language.stems import EMPTY, GROUPED, ORDER_WORDS, READING_WORDS, stem
from language.text import blank_quotations
from language.wordnet import is_word, load_lexicon
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

MOST_STRANGE: Final = 200
"""Different words of one text that are looked up as slips; a text with more is no request in words that are known
here."""
_RUN: Final = re.compile(r"(?<![\w@.'’/#+-])[^\W\d_]{4,}(?![\w@’'/+-]|\.\w)")


@cache
def _load_order_speller() -> Speller:
    return Speller({*ORDER_WORDS, *READING_WORDS, *GROUPED, *EMPTY, *(f"{word}s" for word in GROUPED)})


@cache
def _load_english_speller() -> Speller:
    return Speller(load_lexicon())


def _load_things_speller(kinds: Sequence[RecordKind]) -> Speller:
    said = [word for kind in kinds for word in (*kind.nouns, *kind.states, *kind.times)]
    return _make_speller(
        tuple(said + [word for kind in kinds for each in kind.fields for word in (each.label, *each.words)])
    )


@lru_cache(maxsize=32)
def _make_speller(said: tuple[str, ...]) -> Speller:
    return Speller(part for words in said for part in re.split(r"[^a-z]+", words.casefold()))


def correct_spelling(text: str, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> list[tuple[int, int, str]]:
    """Where a word of these was meant, with the word. Outside quotes, and of what has a capital
    only the first word."""
    made = []
    strange: set[str] = set()
    words = (_load_order_speller(), _load_things_speller(kinds), shortlist.speller)
    for found in _RUN.finditer(blank_quotations(text)):
        word = found[0]
        if not word.islower() and (not word[1:].islower() or text[: found.start()].strip()):
            continue
        low = word.casefold()
        if any(low in speller for speller in words) or shortlist.knows(stem(low)):
            continue
        strange.add(low)
        if len(strange) > MOST_STRANGE:
            break
        meant = next((each for speller in words if (each := speller.meant(low)) is not None), None)
        if meant is None and not is_word(low):
            known = (each for _, each in _load_english_speller().near(low) if shortlist.knows(stem(each)))
            meant = next(known, None)  # "connectioon", where the offers say "connect"
        if meant is not None:
            made.append((found.start(), found.end(), meant))
    return made
