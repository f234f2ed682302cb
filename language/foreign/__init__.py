"""Requests in other languages: their commonest words of business and grammar, each with the English word it is read as.

One file a language; a line is ``english: form, form``. "…" stands for the words between the parts of a separable verb.
Written by hand for what people ask administrators for; nothing here knows a platform or an action.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from language.stems import EMPTY
from language.text import blank_quotations
from language.wordnet import is_word

NAMES: Final = {"de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch", "pt": "Portuguese"}
WEIGHTY: Final = frozenset(("not", "only", "if", "but"))
"""What these words change can't be read in another language: a request with one of them is not carried out."""
_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*['’]?")
_GAP: Final = "…"
_BETWEEN: Final = r"(?P<between>\s+(?:[^.;!?\n]{1,80}?\s+)??)"
_SHORTEST: Final = 3
SURELY: Final = 2
"""Words that are the language's own and not English, from which on English words among them don't matter."""
_SHARE: Final = 0.6
"""Of the words that begin small (and the first), how many must be the language's."""


@dataclass(frozen=True, slots=True)
class Translation:
    """``pieces`` are places of the text with the English for them; ``weighty`` the words that stop it."""

    language: str
    pieces: tuple[tuple[int, int, str], ...]
    weighty: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Words:
    single: Mapping[str, str]
    parts: frozenset[str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    apart: tuple[tuple[re.Pattern[str], str], ...]


def translate(text: str) -> Translation | None:
    """The words of a request in another language; None for English, and for what is in none of these."""
    bare = blank_quotations(text)
    found = list(_WORD.finditer(bare))
    if not found or len(found) > 120:
        return None
    language = _language([each[0] for each in found])
    if language is None:
        return None
    words = _read(language)
    pieces: list[tuple[int, int, str]] = []

    def free(start: int, end: int) -> bool:
        return not any(a < end and start < b for a, b, _ in pieces)

    for pattern, english in words.apart:
        match = pattern.search(bare)
        if match is not None and free(*match.span("head")) and free(*match.span("tail")):
            pieces += [(*match.span("head"), english), (*match.span("tail"), " ")]
    for pattern, english in words.phrases:
        pieces += [(*match.span(), english) for match in pattern.finditer(bare) if free(*match.span())]
    for each in found:
        meant = words.single.get(each[0].casefold())
        if meant is not None and free(*each.span()):
            pieces.append((*each.span(), meant))
            continue
        if (elided := re.match(r"(?:l|d|dell|all|un|dall|nell|sull|j|n)['’]", each[0], re.IGNORECASE)) is not None:
            rest = words.single.get(each[0][elided.end() :].casefold(), each[0][elided.end() :])
            lead = words.single.get(elided[0].casefold().replace("’", "'"), "the").strip()
            if free(*each.span()):
                pieces.append((*each.span(), f"{lead} {rest}"))
    weighty = tuple(text[a:b] for a, b, english in sorted(pieces) if english in WEIGHTY)
    return Translation(language, tuple(sorted(pieces)), weighty)


def _language(words: list[str]) -> str | None:
    """The language that most words are of; None where English fits as well."""
    small = [word.casefold() for at, word in enumerate(words) if at == 0 or not word[:1].isupper()]
    english = sum(word in EMPTY for word in small)
    every = [word.casefold() for word in words]
    best: tuple[int, int, str] | None = None
    for language in NAMES:
        words_of = _read(language)
        single = words_of.single.keys() | words_of.parts
        known = [word for word in every if word in single or _bare(word) in single]
        own = [word for word in known if len(word) >= _SHORTEST and not is_word(word) and word not in EMPTY]
        covered = sum(word in single or _bare(word) in single for word in small)
        plain = sum(is_word(word) and word not in single for word in small)
        if not own or (len(own) < SURELY and plain) or covered < _SHARE * len(small) or english > covered:
            continue
        best = max(best or (0, 0, ""), (len(own), len(known), language))
    return best[2] if best is not None else None


def _bare(word: str) -> str:
    return re.sub(r"^(?:l|d|dell|all|un|dall|nell|sull|j|n)['’]", "", word)


@cache
def _read(language: str) -> _Words:
    single: dict[str, str] = {}
    phrases: list[tuple[re.Pattern[str], str]] = []
    apart: list[tuple[re.Pattern[str], str]] = []
    parts: set[str] = set()
    for line in (Path(__file__).parent / f"{language}.txt").read_text("utf-8").splitlines():
        english, _, forms = line.partition(":")
        for form in (each.strip() for each in forms.split(",")):
            if _GAP in form:
                head, _, tail = form.partition(_GAP)
                parts.update((*head.split(), *tail.split()))
                apart.append(
                    (
                        re.compile(
                            rf"(?<!\w)(?P<head>{_spaced(head)}){_BETWEEN}(?P<tail>{_spaced(tail)})(?!\w)", re.IGNORECASE
                        ),
                        english.strip(),
                    )
                )
            elif " " in form:
                phrases.append((re.compile(rf"(?<!\w){_spaced(form)}(?!\w)", re.IGNORECASE), english.strip()))
            elif form:
                single.setdefault(form, english.strip())
    phrases.sort(key=lambda each: -len(each[0].pattern))
    return _Words(single, frozenset(parts), tuple(phrases), tuple(apart))


def _spaced(form: str) -> str:
    return r"\s+".join(map(re.escape, form.split()))
