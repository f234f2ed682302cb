"""Nouns of a kind, from its path and the titles of its operations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from language.text import pluralize, singularize, word_set
from registry.importing.document.description import Operation
from registry.importing.drafts import words
from registry.importing.drafts.names import VERBS, to_imperative

MAX_NOUN_WORDS: Final = 3
_SKIPPED: Final = word_set(
    "a an the one single existing specific given particular new your this that current all multiple several many soft "
    "permanently "
)
_ENDS: Final = word_set(
    "by with from in for of on to at as via using using and or that which when where details detail info information "
    "settings definition instance object record data endpoint"
)
VAGUE: Final = word_set(
    "item object record resource entity type field value data list info detail status state name id key entry element "
    "setting option group set version access link file page result"
)
"""Words that are too general to name a kind alone."""


def read_title_nouns(operations: Iterable[Operation]) -> list[str]:
    """The nouns in the titles of operations on one record, most frequent first: ``feature flag`` from "Delete a feature
    flag". A noun in a single title counts if that operation deletes or creates the record."""
    counts: Counter[str] = Counter()
    for each in operations:
        if noun := read_title_noun(each.summary):
            counts[noun] += 2 if each.method in ("DELETE", "POST") else 1
    return [noun for noun, count in counts.most_common(2) if count >= 2]


def read_title_noun(title: str) -> str:
    """The noun in a plain order about one thing, or "". Such an order has a verb, an article or the like, and one to
    three words."""
    plain = re.sub(r"^\[[^\]]{1,20}\]\s*", "", words.to_plain_text(title)).rstrip(" .")
    first, _, rest = plain.partition(" ")
    if to_imperative(first).lower() not in VERBS or not re.fullmatch(r"[A-Za-z0-9' -]+", rest):
        return ""
    found: list[str] = []
    for word in rest.split():
        low = word.lower()
        if not found and low in _SKIPPED:
            continue
        if low in _ENDS or low.endswith("'s"):
            break
        found.append(word if re.fullmatch(r"[A-Z0-9]{2,}s?", word) else low)
    if not 0 < len(found) <= MAX_NOUN_WORDS or not found[-1][:1].isalpha():
        return ""
    return singularize(" ".join(found))


def with_plurals(nouns: Iterable[str]) -> list[str]:
    """Each noun with its plural. A noun that is a plural already stays as it is."""
    return list(dict.fromkeys(form for each in nouns for form in (each, _to_plural(each))))


def _to_plural(noun: str) -> str:
    return noun if pluralize(singularize(noun)) == noun else pluralize(noun)


def find_head_nouns(nouns: Iterable[str], taken: frozenset[str]) -> Iterator[str]:
    """The last words of nouns of several words, if nothing else has that name: ``flag`` of ``feature flag``."""
    for each in dict.fromkeys(singularize(noun) for noun in nouns):
        head = each.rpartition(" ")[2]
        if head != each and head not in taken and head not in VAGUE and len(head) > 2:
            yield head
