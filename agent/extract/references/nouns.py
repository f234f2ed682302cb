"""Which words name a kind of record, and whose it may be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA

from language.stems import ORDER_WORDS, READING_WORDS
from language.text import Token, singular
from language.wordnet import compound_nouns
from registry.patterns import compiled
from registry.records import RecordKind

EMAIL: Final = re.compile(r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
CODE: Final = re.compile(r"#?(?=[\w-]*\d)[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*|#\w+(?:-\w+)*|\d+(?:-\d+)*")


def noun_at(tokens: Sequence[Token], index: int, kind: RecordKind) -> int:
    """How many tokens from ``index`` on are a noun of ``kind`` (0: none): plural or not, with at most one slip in a longer word."""
    best = 0
    for parts in _beginning(tokens[index].low, kind.nouns):
        if not best < len(parts) <= len(tokens) - index:
            continue
        if all(same_noun(tokens[index + step].low, part) for step, part in enumerate(parts) if step):
            best = len(parts)
    return best


@lru_cache(maxsize=256)
def _parts(nouns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    said = tuple(parts for noun in nouns if (parts := tuple(noun.lower().split())))
    return (*said, *(parts for parts in _compounds(nouns) if parts not in said))


def _compounds(nouns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """What general English says in several words for one of the nouns: "get-together" for a meeting. Where the first word alone is
    something to do ("let's get together"), only joined."""
    for noun in nouns:
        for phrase in compound_nouns().get(noun.lower(), ()):
            words = tuple(phrase.split())
            yield ("-".join(words),)
            if words[0] not in ORDER_WORDS and words[0] not in READING_WORDS:
                yield words


@lru_cache(maxsize=8192)
def _beginning(word: str, nouns: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The nouns that this word may begin: for most words none."""
    return tuple(parts for parts in _parts(nouns) if same_noun(word, parts[0]))


@lru_cache(maxsize=4096)
def same_noun(word: str, noun: str) -> bool:
    if word == noun or singular(word) == singular(noun):
        return True
    if len(noun) < 5 or not word.isalpha() or word[:1] != noun[:1] or abs(len(word) - len(noun)) > 2:
        return False
    return OSA.distance(singular(word), singular(noun), score_cutoff=1) <= 1


def code_of(text: str, kind: RecordKind) -> bool:
    """Whether ``text`` can be a number of ``kind``: a code, and of the form that the kind's numbers have, where it says so."""
    if not CODE.fullmatch(text):
        return False
    patterns = [each.pattern for each in kind.fields if each.search == "number" and each.pattern]
    return not patterns or any(rule is not None and rule.covers(text) for rule in map(compiled, patterns))


def has_form(kind: RecordKind) -> bool:
    """Whether the kind says what its numbers look like."""
    return any(each.search == "number" and each.pattern for each in kind.fields)


def person_like(kind: RecordKind) -> int:
    """How much records of this kind are called by a name: 2 with an e-mail address as well, 1 with a name, 0 without."""
    named = any(field.search == "name" for field in kind.fields)
    mailed = any(field.search == "email" or field.type == "email" for field in kind.fields)
    return 2 if named and mailed else 1 if named else 0


def owner_kind(kind: RecordKind, kinds: Sequence[RecordKind]) -> RecordKind | None:
    """The kind that "X's …" most likely names: the nearest relation whose records are called by name."""
    related = [
        found for each in kind.relations for found in kinds if found.name == each.kind and found.name != kind.name
    ]
    return max(related, key=person_like, default=None)
