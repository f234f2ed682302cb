"""Sentences of a draft, made from its title if that reads naturally: an example request, and the card's line.

They use the document's own words and the one value that an operation needs. If the title is no plain order about one
thing, none is written: a person's words are better than a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from language.text import singularize
from registry.importing.drafts import words
from registry.importing.drafts.names import VERBS

MAX_TITLE: Final = 60
_THING: Final = re.compile(r"(?P<verb>[a-z]+) (?:an?|the|one|single|existing|specific|a (?:single|specific)) ", re.I)
_PLAIN: Final = re.compile(r"[A-Za-z]+(?:[ '-][A-Za-z]+)*\Z")
_FILLER: Final = re.compile(r"\b(?:an?|the|single|specific|existing|given|one|by id|by its id)\b ?", re.I)
_ID: Final = frozenset({"id", "uuid", "key", "number", "code", "slug"})


@dataclass(frozen=True, slots=True)
class Sentences:
    """Example request and preview of a draft. Each is empty if none reads naturally."""

    example: str = ""
    preview: str = ""


def write_sentences(title: str, required: Sequence[str], properties: dict[str, Any], *, reads: bool) -> Sentences:
    """The sentences for a title such as ``Close an order`` and the required parameters. ``reads``: the operation
    changes nothing, so it may be requested without further words."""
    plain = _uncapitalized(title.rstrip("."))
    if len(plain) > MAX_TITLE or not _PLAIN.match(plain) or plain.split()[0].lower() not in VERBS:
        return Sentences()
    if not required:
        return Sentences(example=_lowered(plain)) if reads else Sentences()
    if len(required) > 1:
        return Sentences()
    (name,) = required
    thing = _thing_of(plain, name)
    if not thing:
        return Sentences()
    value = _sample(properties.get(name, {}))
    said = " ".join(_FILLER.sub("", f"{plain} ").split())
    return Sentences(f"{_lowered(said)} {value}" if value else "", f"{said} {{{{ params.{name} }}}}")


def _thing_of(title: str, parameter: str) -> bool:
    """Whether the title ends with the thing that the parameter names: ``Close an order`` and ``order_id``."""
    last = words.to_snake_case(title.split()[-1])
    stem = [each for each in words.split_words(parameter) if each not in _ID]
    return bool(_THING.match(title)) and (not stem or stem[-1] in (last, singularize(last)))


def _sample(schema: dict[str, Any]) -> str | None:
    """A value as people write it: the document's own example if it is short and plain, or else a number."""
    given: Collection[Any] = schema.get("examples") or ()
    for each in given:
        if re.fullmatch(r"[A-Za-z0-9-]{1,12}", str(each)):
            return str(each)
    return "1042" if schema.get("type") == "integer" else None


def _uncapitalized(title: str) -> str:
    """A headline without its capitals: ``Delete an Existing Droplet`` is an ordinary order."""
    long = [each for each in title.split()[1:] if len(each) > 3]
    headline = bool(long) and all(each[:1].isupper() and each[1:].islower() for each in long)
    if not headline:
        return title
    first, *rest = title.split()
    return " ".join([first, *(each if each.isupper() and len(each) > 1 else each.lower() for each in rest)])


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
