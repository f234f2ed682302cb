"""Choosing among offered records in any words: by place in the list, by age or size, all of them, or by what is said of
one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.query.conditions import read_quantity
from agent.validate.records.ranking import fold_words, is_identifying, sort_by_field
from registry.records import Record, RecordKind, format_field

_PLACES: Final = {
    "first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3, "fifth": 4, "5th": 4,
    "sixth": 5, "6th": 5, "seventh": 6, "7th": 6, "eighth": 7, "8th": 7,
}  # fmt: skip
_COUNTS: Final = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_NEWEST: Final = frozenset({"newer", "newest", "latest", "last", "recent", "later", "younger", "youngest"})
_OLDEST: Final = frozenset({"older", "oldest", "earlier", "earliest"})
_BIGGEST: Final = frozenset({"bigger", "biggest", "larger", "largest", "higher", "highest", "dearer"})
_SMALLEST: Final = frozenset({"smaller", "smallest", "lower", "lowest", "cheaper", "cheapest", "least"})
_ALL: Final = frozenset({"all", "both", "every", "everyone", "each"})
_IDLE: Final = frozenset(
    {
        "the",
        "one",
        "ones",
        "of",
        "them",
        "these",
        "those",
        "please",
        "that",
        "it",
        "this",
        "i",
        "mean",
        "meant",
        "and",
        "a",
        "an",
        "very",
        "his",
        "her",
        "their",
        "its",
        "just",
        "only",
        "sorry",
        "actually",
    }
)
_OWN: Final = frozenset({"very", "his", "her", "their", "its"})
_OPTION: Final = re.compile(r"(?:option|number|no\.?|nr\.?)?\s*#?([1-8])[.)]?", re.IGNORECASE)


_ALL_BUT: Final = re.compile(
    r"^\W*(?:all|everything|everyone|each|every\s+one)(?:\s+of\s+(?:them|those|these))?\s*,?\s*"
    r"(?:but|except(?:\s+for)?|excluding|without|other\s+than|apart\s+from|minus|not)\s+(?P<rest>\S.*)$",
    re.IGNORECASE | re.DOTALL,
)
_DENIED: Final = re.compile(
    r"\b(?:not|no|nor|neither|none|never|without|but|except|excluding|other\s+than)\b|n['’]t\b", re.IGNORECASE
)


def split_all_but(words: str) -> str | None:
    """What "all but …" leaves out; None where nothing is."""
    found = _ALL_BUT.match(words)
    return found["rest"] if found is not None else None


def is_denied(words: str) -> bool:
    """Whether something is denied or left out, so that the words of a record are no sign that it is meant."""
    return _DENIED.search(words) is not None


def choose(words: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    """The offered records that the words single out; empty where they don't tell."""
    said = fold_words(words)
    telling = [word for word in said if word not in _IDLE]
    if not telling or len(offered) < 2:
        return [each for each in offered if is_identifying(words, _make_text(each, kind), kind)]
    if (option := _OPTION.fullmatch(words.strip())) is not None and int(option[1]) <= len(offered):
        numbered = [each for each in offered if option[1] in fold_words(_make_text(each, kind))]
        return numbered if len(numbered) == 1 else [offered[int(option[1]) - 1]]
    told = [each for each in offered if is_identifying(words, _make_text(each, kind), kind)]
    if told and len(told) < len(offered):
        return told
    nouns = {word for noun in kind.nouns for word in fold_words(noun)}
    rest = [word for word in telling if word not in nouns]
    if (
        rest
        and _ALL & set(rest)
        and all(word in _ALL or _COUNTS.get(word, int(word) if word.isdigit() else 0) for word in rest)
    ):
        counts = [_COUNTS.get(word) or int(word) for word in rest if word not in _ALL]
        expected = 2 if "both" in rest else counts[0] if counts else len(offered)
        return list(offered) if expected == len(offered) else []
    if len(rest) == 2 and rest[0] == "first" and 1 < _COUNTS.get(rest[1], 0) <= len(offered):
        return list(offered[: _COUNTS[rest[1]]])
    if len(rest) == 1 and len(offered) == 2 and rest[0] in ("former", "latter"):
        return [offered[0 if rest[0] == "former" else 1]]
    if len(rest) == 1 and rest[0] in _PLACES and _OWN & set(said):
        # "his very first": by age, and not by its place among those offered.
        return _take_end(offered, kind.order, descending=False) if _PLACES[rest[0]] == 0 else []
    if len(rest) != 1:
        return _list_named(words, offered, kind)
    return _by_word(rest[0], offered, kind)


def _by_word(word: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    if word in _PLACES:
        return [offered[_PLACES[word]]] if _PLACES[word] < len(offered) else []
    if word in _NEWEST or word in _OLDEST:
        return _take_end(offered, kind.order, descending=word in _NEWEST)
    if word in _BIGGEST or word in _SMALLEST:
        field = kind.field_named(kind.size or "")
        units = {quantity.unit for each in offered if field and (quantity := read_quantity(field, each.values))}
        return _take_end(offered, kind.size, descending=word in _BIGGEST) if len(units) == 1 else []
    return []


def _take_end(offered: Sequence[Record], field: str | None, *, descending: bool) -> list[Record]:
    line = sort_by_field(offered, field, descending=descending) if field is not None else []
    if len(line) != len(offered) or line[0].values[field or ""] == line[1].values[field or ""]:
        return []
    return line[:1]


def _list_named(words: str, offered: Sequence[Record], kind: RecordKind) -> list[Record]:
    """Several named at once: "Novak and Nowak"."""
    parts = [part for part in re.split(r",|\band\b|&|\bund\b|\by\b|\bet\b|\be\b|\ben\b", words) if part.strip()]
    if len(parts) < 2:
        return []
    made: list[Record] = []
    for part in parts:
        found = [each for each in offered if is_identifying(part, _make_text(each, kind), kind)] or _by_word(
            next(iter(word for word in fold_words(part) if word not in _IDLE), ""), offered, kind
        )
        if len(found) != 1:
            return []
        made += found
    return list({each.id: each for each in made}.values())


def _make_text(record: Record, kind: RecordKind) -> str:
    """All that may be seen of it, as people read it."""
    values = (format_field(each, record.values).replace("_", " ") for each in kind.fields)
    return " ".join((record.label, record.detail, record.id, *values))
