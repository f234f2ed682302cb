"""Names of currencies from CLDR, in English and the locales' languages: ``currencies.txt``, one line for each code."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from language.measures import fold


def _fold(words: str) -> str:
    return fold(words.replace("-", " ").replace("’", "'"))


@cache
def _read_names() -> dict[str, str]:
    lines = (Path(__file__).parent / "currencies.txt").read_text("utf-8").splitlines()
    return {
        _fold(name): code for code, _, names in (line.partition(":") for line in lines) for name in names.split(",")
    }


@cache
def _read_nouns() -> frozenset[tuple[str, str]]:
    return frozenset((code, word) for name, code in _read_names().items() for word in name.split())


def find_by_name(words: str) -> str | None:
    """The ISO 4217 code of a currency by its whole name: "Canadian dollars", "francs suisses"."""
    return _read_names().get(_fold(words))


@cache
def _read_codes() -> frozenset[str]:
    return frozenset(_read_names().values())


def is_code(code: str) -> bool:
    """Whether this is a currency's ISO 4217 code."""
    return code in _read_codes()


def is_word_of(word: str, code: str) -> bool:
    """Whether a word is part of the currency's name: "kroner" for DKK, and for NOK too."""
    return (code, _fold(word)) in _read_nouns()


def may_name(word: str, code: str) -> bool:
    """Whether a word is in the currency's name or begins one of its words: "kr" of kroner, "Fr." of francs."""
    said = _fold(word)
    return len(said) > 1 and any(code == each and name.startswith(said) for each, name in _read_nouns())
