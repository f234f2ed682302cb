"""Particles: by which a verb of two words is another one: "check her in" and "check her out"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from language.example_patterns import PARTICLES
from language.stems import stem
from language.text import blank_quotations, find_quotations

_CLAUSE: Final = re.compile(r"(?:[^;!?\n.,:]|[.,:](?=\d))+")
_APART: Final = PARTICLES - {"again", "back"}
_DOWN: Final = re.compile(r"(?<!\w)down(?!\w)", re.IGNORECASE)


def has_other_particle(text: str, phrases: Iterable[str], examples: Iterable[str] = ()) -> bool:
    """Whether a text begins with a verb of an action's names (``phrases``), with another particle than it has in all of
    them, and in none of its ``examples``."""
    clause = _CLAUSE.match(text.strip())
    verb, said = _read(clause[0] if clause is not None else "")
    own = [particle for root, particle in map(_read, phrases) if root == verb]
    other = bool(said and own) and all(particle and particle != said for particle in own)
    return other and (verb, said) not in map(_read, examples)


def puts_down(text: str) -> bool:
    """Whether quoted words are put down, and so kept."""
    return bool(find_quotations(text)) and _DOWN.search(blank_quotations(text)) is not None


def _read(phrase: str) -> tuple[str, str]:
    """The stem of the verb that a phrase begins with, and its particle, beside it or at the end. Empty without one."""
    words = phrase.casefold().split()
    found = [each for each in (*words[1:2], *words[-1:]) if each in _APART]
    return (stem(words[0]), found[0] if found else "") if words else ("", "")
