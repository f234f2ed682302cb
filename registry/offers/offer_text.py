"""Searchable text of an offer: its words by field, as stems and as written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from language.stems import name_stems, stem_text
from registry.offers.offer import Offer

_MOST_VALUES: Final = 64
# Names of owners in examples say nothing about the action: names of two words, and possessives.
_NAMES: Final = re.compile(
    r"(?<=\s)(?:[A-ZÀ-ÖØ-Þ][\w.-]*\s+)*[A-ZÀ-ÖØ-Þ][\w.-]*['’]s(?!\w)|(?<=\s)[A-ZÀ-ÖØ-Þ][\w-]+(?:\s+[A-ZÀ-ÖØ-Þ][\w'’-]+)+"
)


_FIRST_WORDS: Final = 5
_WORDS: Final = re.compile(r"[^\W\d_]{3}|[^\W\d_\x00-\x7f]")


_PARTS: Final = re.compile(r"[A-Z]?[a-z]{4,}")
_PLAIN: Final = re.compile(r"\b[a-z]{5,}\b")


def stem_fields(offer: Offer) -> dict[str, list[str]]:
    """Field → its stems, in order."""
    lead, _, rest = offer.description.partition(". ")
    names: list[str] = []
    described: list[str] = []
    values: list[str] = []
    _stem_parameters(offer.parameters, names, described, values, depth=0)
    for annotation in offer.annotations.values():
        described += stem_text(" ".join(filter(None, (annotation.label, annotation.record))))
        for meant, others in annotation.words.items():
            values += stem_text(" ".join((meant, *others)))
    return {
        "name": name_stems(offer.name) if is_telling_name(offer.name) else stem_text(lead)[:_FIRST_WORDS],
        "title": stem_text(offer.title) if offer.title != offer.name else [],
        "aliases": [each for alias in offer.aliases for each in stem_text(alias)],
        "lead": stem_text(lead),
        "description": stem_text(rest),
        "examples": [each for example in offer.examples for each in stem_text(_NAMES.sub(" ", example))],
        "parameters": names,
        "parameter_words": described,
        "values": values,
    }


def stem_name(offer: Offer) -> list[str]:
    """The stems of an offer's name. If the name has no word ("a12"), the stems of its title, or of the first words of
    its description."""
    if is_telling_name(offer.name):
        return stem_text(re.sub(r"[._]|@\d+$", " ", offer.name)) or stem_text(offer.title)
    if offer.title != offer.name and is_telling_name(offer.title):
        return stem_text(offer.title)
    return stem_text(offer.description)[:_FIRST_WORDS]


def is_telling_name(name: str) -> bool:
    """Whether a name contains a word and is not only a number or code."""
    return _WORDS.search(name) is not None


def _stem_parameters(
    schema: Mapping[str, Any], names: list[str], described: list[str], values: list[str], depth: int
) -> None:
    if depth > 4:
        return
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return
    for name, each in properties.items():
        names += name_stems(str(name))
        if not isinstance(each, Mapping):
            continue
        described += stem_text(str(each.get("description", "")))
        for holder in (each, each.get("items")):
            if isinstance(holder, Mapping):
                enum = holder.get("enum")
                if isinstance(enum, list):
                    values += [s for value in enum[:_MOST_VALUES] if isinstance(value, str) for s in name_stems(value)]
                _stem_parameters(holder, names, described, values, depth + 1)


def collect_words(offers: Sequence[Offer]) -> set[str]:
    """The words of the offers, as written."""
    made: set[str] = set()
    for offer in offers:
        names: list[str] = []
        said = [offer.title, offer.description, *offer.aliases]
        _stem_said(offer.parameters, names, said, depth=0)
        for text in (offer.name, *names):
            made.update(part.casefold() for part in _PARTS.findall(text))
        for text in said:
            made.update(_PLAIN.findall(text))
    return made


def _stem_said(schema: Mapping[str, Any], names: list[str], said: list[str], depth: int) -> None:
    for name, each in (schema.get("properties") or {}).items() if depth <= 4 else ():
        names.append(str(name))
        for holder in (each, each.get("items")) if isinstance(each, Mapping) else ():
            if isinstance(holder, Mapping):
                said.append(str(holder.get("description", "")))
                names += [value for value in (holder.get("enum") or ())[:_MOST_VALUES] if isinstance(value, str)]
                _stem_said(holder, names, said, depth + 1)
