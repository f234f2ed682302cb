"""Reading: one place in a text read as a value. Every reader returns these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from language.text import Text


@dataclass(frozen=True, slots=True)
class Reading:
    """One place in a text read as a value.

    ``start``/``end`` are code point offsets in the given text, and ``text`` is what stands there. ``value`` derives
    only from it (and from ``now``). ``how`` explains the derivation if it isn't obvious ("twenty dollars → 20.00
    USD"), or is empty. ``shown`` is the value for a person. ``confidence`` is in [0, 1] and comparable within one
    parameter. Above 0.8 the words name the parameter or fit only it. Below 0.4 it is a guess that a person should see.
    """

    value: Any
    start: int
    end: int
    text: str
    how: str
    shown: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading before it is rated. Offsets are in ``Text.plain``."""

    start: int
    end: int
    value: Any
    how: str = ""
    shown: str = ""
    weight: float = 0.5


def settle(text: Text, found: Candidate, confidence: float) -> Reading:
    start, end = text.span(found.start, found.end)
    bounded = max(0.0, min(1.0, confidence))
    return Reading(
        found.value, start, end, text.raw[start:end], found.how, found.shown or _show(found.value), round(bounded, 4)
    )


def _show(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_show(item) for item in value)
    return str(value)
