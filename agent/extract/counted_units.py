"""Counted units: the unit of a parameter or a record's field, from its name, label or description."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from language.measures import CALENDAR, LENGTH, MASS, TIME, VOLUME, Measure, find_measure
from language.text import split_name
from registry.contract import Annotation, Unit

_WORD: Final = re.compile(r"[^\W\d_]+")
# A singular one of these is more often part of a date, place or amount than a unit: day, second, foot, pound.
_SINGULAR: Final = (TIME, CALENDAR, LENGTH)
_AMBIGUOUS: Final = frozenset(("min", "mo", "m", "d", "w", "t", "mi", "gal", "gr", "std", "foot", "pound", "pounds"))
_METRIC: Final = ("gram", "metre", "meter", "litre", "liter")
_STATED: Final = (
    r"\b(?:in|as|of|how many|for)\s+(?:(?:whole|full|more|extra|additional)\s+)*|[(,:;]\s*|^(?:the\s+)?|\d\s*"
)
_DESCRIBED: Final = re.compile(rf"(?:{_STATED})(?=(?P<unit>[^\W\d_]{{2,}})\b(?!\s+(?:each|per|apiece)))", re.IGNORECASE)


def find_counted_unit(name: str, schema: Mapping[str, Any], annotation: Annotation) -> Measure | None:
    """The unit of a parameter: its annotation's unit of time, or the one in its name or label, or the one in its
    description. None for money, shares and plain counts."""
    if annotation.unit in (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS):
        return find_measure(annotation.unit.value)
    if annotation.unit not in (None, Unit.COUNT) or annotation.record is not None:
        return None
    title, described = schema.get("title"), schema.get("description")
    label = annotation.label or (title if isinstance(title, str) else "")
    return _find_unit(name, label, described if isinstance(described, str) else "")


@lru_cache(maxsize=4096)
def _find_unit(name: str, label: str, description: str) -> Measure | None:
    if (found := find_named_unit(name, label)) is not None:
        return found
    said = {
        unit
        for match in _DESCRIBED.finditer(description)
        if (unit := _name_unit(match["unit"], last=False)) is not None
    }
    return said.pop() if len(said) == 1 else None


@lru_cache(maxsize=4096)
def find_named_unit(name: str, label: str) -> Measure | None:
    """The one unit in an identifier or its label: ``weight_g``, ``months``, "Weight (kg)"."""
    for words in (split_name(name), _WORD.findall(label)):
        said = set(_list_units(words))
        if said:
            return said.pop() if len(said) == 1 else None
    return None


def _list_units(words: Iterable[str]) -> Iterable[Measure]:
    spoken = list(words)
    for at, word in enumerate(spoken):
        if (found := _name_unit(word, last=0 < at == len(spoken) - 1)) is not None:
            yield found


def _name_unit(word: str, *, last: bool) -> Measure | None:
    low = word.casefold()
    found = find_measure(low)
    if found is None or low in _AMBIGUOUS or (len(low) == 1 and not last):
        return None
    if found.dimension not in (TIME, CALENDAR, MASS, LENGTH, VOLUME):
        return None
    singular = found.dimension in _SINGULAR and low == found.one and not low.endswith(_METRIC)
    return None if singular else found
