"""Fuzzy record search: finds any part of a name, without accents and despite a typo. Codes and addresses must be exact.

A record is found by its terms (``list_terms``) and a misspelt word by its variants (``make_variants``). Those are only
candidates: ``rank`` decides. The distance is optimal string alignment. Comparing the variants of two words, with up to
two letters deleted, finds every pair within it (symmetric deletion).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, Literal

from rapidfuzz.distance import OSA

from core.confusables import make_skeleton
from registry.records import Field, Record, RecordKind, SearchBy

Form = Literal["word", "code", "digits", "email", "value"]
MAX_TERM_CHARS: Final = 200
MAX_WORDS: Final = 40
_MAX_VARIED: Final = 24
_PREFIX: Final = 3
_PLAIN: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_ABBREVIATED: Final = {
    "st": ("street", "saint"), "rd": ("road",), "ave": ("avenue",), "ln": ("lane",), "dr": ("drive",),
    "sq": ("square",), "pl": ("place", "platz"), "ct": ("court",), "tce": ("terrace",), "blvd": ("boulevard",),
    "hwy": ("highway",), "apt": ("apartment",), "str": ("strasse", "street"), "bldg": ("building",),
}  # fmt: skip
_WORDS: Final = re.compile(r"\w+")
_ALIKE: Final = 0.85
"""How well words match that look the same."""


@dataclass(frozen=True, slots=True)
class Term:
    """A search term that finds a record by one field."""

    form: Form
    field: str
    term: str


def fold(text: str) -> str:
    """Lower case without accents and invisible characters: ``Łukasz Ré\u200b`` → ``lukasz re``."""
    if text.isascii():
        return text.lower().translate(_PLAIN)
    apart = unicodedata.normalize("NFKD", text.casefold())
    seen = (char for char in apart if unicodedata.category(char) not in ("Mn", "Cf"))
    return "".join(seen).translate(_PLAIN)


def split_words(text: str) -> list[str]:
    """The folded words; a possessive ending is not part of a name (``Adam's`` → ``adam``)."""
    return _WORDS.findall(re.sub(r"['’]s\b", "", fold(text)))


def list_terms(kind: RecordKind, record: Record) -> set[Term]:
    """Every search term of a record: words, codes and addresses of its searchable fields, and the value of every
    field."""
    made: set[Term] = set()
    for each in kind.fields:
        value = record.values.get(each.name)
        if value is None:
            continue
        if len(str(value)) <= MAX_TERM_CHARS:
            made.add(Term("value", each.name, str(value)))
        made |= set(_list_terms(each, str(value)))
    return made


def _list_terms(each: Field, value: str) -> Iterator[Term]:
    match each.search:
        case "name" | "text":
            for pair in _split_looks(value)[:MAX_WORDS]:
                yield from (Term("word", each.name, word[:MAX_TERM_CHARS]) for word in {*pair})
        case "number":
            plain, digits = _fold_code(value), _keep_digits(value)
            if plain:
                yield Term("code", each.name, plain[:MAX_TERM_CHARS])
            if digits:
                yield Term("digits", each.name, digits[:MAX_TERM_CHARS])
        case "email":
            yield Term("email", each.name, value.casefold()[:MAX_TERM_CHARS])


def make_variants(word: str) -> set[str]:
    """Deletion variants: the word, and the word without any one or two letters, one of which every near misspelling
    shares; and its skeleton, which every word that looks the same shares."""
    made = {word, make_skeleton(word)}
    if len(word) <= _MAX_VARIED:
        for gone in range(1, min(2, len(word) // 4) + 1):
            made |= {
                "".join(char for at, char in enumerate(word) if at not in left)
                for left in map(frozenset, combinations(range(len(word)), gone))
            }
    return made


def make_spellings(word: str) -> set[str]:
    """Every key of this word: its variants, its prefixes and its abbreviations."""
    short = {each for each, whole in _ABBREVIATED.items() if word in whole}
    return make_variants(word) | {word[:end] for end in range(_PREFIX, min(len(word), _MAX_VARIED))} | short


def rate_similarity(asked: str, there: str) -> float:
    """How well two words match: equal, a prefix, alike to the eye, or a letter or two apart. 0 for no match."""
    if asked == there:
        return 1.0
    if is_abbreviation(asked, there):
        return 0.95
    if is_prefix_search(asked) and there.startswith(asked):
        return 0.9
    if make_skeleton(asked) == make_skeleton(there):
        return _ALIKE
    shorter, longer = sorted((len(asked), len(there)))
    allowed = 0 if shorter < 3 or longer < 4 else 1 if longer < 8 else 2
    distance = OSA.distance(asked, there, score_cutoff=allowed)
    return 0.8 - 0.2 * distance if 0 < distance <= allowed else 0.0


def is_abbreviation(one: str, other: str) -> bool:
    """Whether one word is the usual abbreviation of the other in an address: "St" of "Street"."""
    return other in _ABBREVIATED.get(one, ()) or one in _ABBREVIATED.get(other, ())


def is_prefix_search(asked: str) -> bool:
    """Whether a word is long enough to match as a prefix."""
    return len(asked) >= _PREFIX


def make_code_forms(text: str) -> list[tuple[Form, str]]:
    """The lookup forms of a code: INV-1042, inv1042, #1042 and 1042 all find INV-1042."""
    plain = _fold_code(text)
    made: list[tuple[Form, str]] = [("code", plain)] if plain else []
    if plain.isdigit():
        made.append(("digits", plain))
    return made


def rank(
    kind: RecordKind, records: Iterable[Record], text: str, by: SearchBy | None = None
) -> tuple[list[Record], bool]:
    """The records that match ``text``, best first and stable, and whether they match all of it. If some match every
    word, records that match fewer are left out."""
    searched = [each for each in kind.fields if each.search and by in (None, each.search)]
    scored = [
        (max((_score(each, record, text) for each in searched), default=(0.0, 0.0)), record) for record in records
    ]
    matched = [pair for pair in scored if pair[0] > (0.0, 0.0)]
    whole = any(coverage == 1.0 for (coverage, _), _ in matched)
    if whole:
        matched = [pair for pair in matched if pair[0][0] == 1.0]
    return [record for _, record in sorted(matched, key=lambda pair: pair[0], reverse=True)], whole


def _score(each: Field, record: Record, text: str) -> tuple[float, float]:
    """``(share of the words that matched, how well)``."""
    value = record.values.get(each.name)
    if value is None:
        return (0.0, 0.0)
    match each.search:
        case "email":
            return (1.0, 1.0) if str(value).casefold() == text.strip().casefold() else (0.0, 0.0)
        case "number":
            there: list[tuple[Form, str]] = [("code", _fold_code(str(value))), ("digits", _keep_digits(str(value)))]
            return (1.0, 1.0) if any(code in there for code in make_code_forms(text)) else (0.0, 0.0)
    return _cover(_split_looks(text), _split_looks(str(value)))


def _split_looks(text: str) -> list[tuple[str, str]]:
    """The folded words, each with its skeleton by its own letters: a capital may look like another letter than the
    small one."""
    words, looks = split_words(text), split_words(make_skeleton(text))
    return list(zip(words, looks, strict=True)) if len(words) == len(looks) else [(word, word) for word in words]


def _cover(asked: Sequence[tuple[str, str]], there: Sequence[tuple[str, str]]) -> tuple[float, float]:
    if not asked or not there:
        return (0.0, 0.0)
    fits = [
        max(rate_similarity(word, each) or _ALIKE * (looks == theirs) for each, theirs in there)
        for word, looks in asked
    ]
    hits = [fit for fit in fits if fit > 0]
    return (len(hits) / len(asked), sum(hits) / len(asked))


def _fold_code(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", fold(text))


def _keep_digits(text: str) -> str:
    return re.sub(r"\D", "", _fold_code(text))
