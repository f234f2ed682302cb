"""Grounding of references: whether the person typed what a proposal says of a record.

A model may drop noise, reorder words or fix a typo. A name, number or id that the person never typed is the model's
own. A record found by it is offered, never taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from rapidfuzz.distance import OSA

from agent.pipeline import Request
from agent.planning.proposal import Compare, Day, Find, Number, Word, Words
from agent.planning.quotes import walk
from language.dictated import find_dictated
from language.stems import stem
from registry.records import Field, Kinds, RecordKind

Support = Literal["typed", "read", "none"]
_MOST_WORDS: Final = 40
_COMPOUNDED: Final = 5
_HEAD: Final = 5
"""Fewest letters of the first and of the second word in a compound."""
_WORD: Final = re.compile(r"[^\W_]+")
# A number with the letters of a code before it, or with a plural or ordinal ending: INV1042, 429s, 4th.
_CODE: Final = re.compile(r"[^\W\d_]{0,6}(\d+)(?:s|st|nd|rd|th)?")


class TypedWords:
    """All words that the person typed: in the request, its answers and the thread."""

    def __init__(self, request: Request) -> None:
        said = [request.words(origin) for origin in range(len(request.answers) + 1)]
        self._text = "\n".join([*said, *(turn.words for turn in request.thread)]).casefold()
        self._words = frozenset(_WORD.findall(self._text))
        self._stems = frozenset(map(stem, self._words))
        self._digits = frozenset(match[1] for each in self._words if (match := _CODE.fullmatch(each)))
        self._digits |= frozenset(figures for figures, _, _ in find_dictated(self._text))

    def hold(self, words: Words) -> bool:
        """Whether the person typed these words, in any order. Word endings and typos don't matter."""
        if words.start is not None and words.text:
            return True
        said = words.text.strip().casefold()
        if said and said in self._text and not (said[:1].isascii() and said[:1].isalnum()):
            return True  # scripts that write no spaces
        tokens = _WORD.findall(said)
        coded = any(each in self._digits or each in self._words for each in tokens if any(map(str.isdigit, each)))
        return 0 < len(tokens) <= _MOST_WORDS and all(self._holds(each, coded=coded) for each in tokens)

    def _holds(self, word: str, *, coded: bool) -> bool:
        if word in self._words:
            return True
        if any(map(str.isdigit, word)):
            found = _CODE.fullmatch(word)
            return found is not None and found[1] in self._digits
        if stem(word) in self._stems or (coded and len(word) <= 5):
            return True  # the letters of a code whose number was typed: INV-1042 for 1042
        if len(word) >= _COMPOUNDED and any(
            each.startswith(word) and len(each) >= len(word) + _HEAD for each in self._words
        ):
            return True  # "Novemberrechnung" contains "November"
        allowed = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        return bool(allowed) and any(
            each[:1] == word[:1] and OSA.distance(word, each, score_cutoff=allowed) <= allowed for each in self._words
        )


def rate_support(node: Any, typed: TypedWords, kinds: Kinds) -> Support:
    """The weakest support among the references in a part of a proposal.

    ``none``: something that nobody typed identifies a record. ``read``: a record is told apart by a value that no words
    hold. ``typed``: everything was typed.
    """
    weakest: Support = "typed"
    for each in _finds(node):
        if each.said is not None and not typed.hold(each.said):
            return "none"
        kind = kinds.get(each.record)
        for condition in _compared(each.where):
            field = kind.field_named(condition.field) if kind is not None else None
            identifies = kind is not None and field is not None and _identifies(field, kind)
            found = _value_support(condition.value, typed, exact=identifies)
            if found == "none" and identifies:
                return "none"
            if found != "typed":
                weakest = "read"
    return weakest


def _value_support(value: Any, typed: TypedWords, *, exact: bool) -> Support:
    if not isinstance(value, Word | Number | Day):
        return "typed"  # code computes it; references inside are rated by themselves
    quoted = value.quote is not None and value.quote.text != "" and typed.hold(value.quote)
    if not exact:
        return "typed" if quoted else "none"
    shown = value.word if isinstance(value, Word) else value.number if isinstance(value, Number) else value.date
    if typed.hold(Words(text=str(shown))):
        return "typed"
    return "read" if quoted else "none"


def _identifies(field: Field, kind: RecordKind) -> bool:
    return field.search is not None or field.type == "id" or field.name == kind.id_field


def _finds(node: Any) -> Iterator[Find]:
    return (each for each in walk(node) if isinstance(each, Find))


def _compared(conditions: Any) -> Iterator[Compare]:
    """The comparisons of the reference itself, without those of nested references."""
    for each in conditions:
        if isinstance(each, Compare):
            yield each
        elif each.kind == "any_of":
            yield from _compared(each.conditions)
