"""Places as a parameter asks for them: "Oakland, California" → "Oakland, CA" where its description wants "City,
State"."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import Final

from agent.extract.parameter_spec import ParameterSpec
from agent.extract.reading import Candidate
from language.gazetteer import CITIES, COUNTRIES, COUNTRY_CODES, STATES
from language.text import Text

_CODES: Final = frozenset(STATES.values())
_ASKED: Final = re.compile(
    r"(?i:city,?\s*(?:and\s+)?(?:state|country|st)\b)|\b[A-Z][a-z]+(?: [A-Z][a-z]+)*, [A-Z]{2}\b"
)
_NEXT_PART: Final = re.compile(r",\s*([A-Za-z][A-Za-z.]*(?:\s+[A-Z][a-z]+){0,2})")


@lru_cache(maxsize=2048)
def wants_state(description: str) -> bool:
    return bool(_ASKED.search(description))


def rate_fitness(text: Text, spec: ParameterSpec, start: int, end: int) -> float:
    """Whether a name is the kind of place that is asked for: a country is no city, "Kenya" in "Nairobi, Kenya" is the
    country."""
    name = re.sub(r"\s+", " ", text.low[start:end].strip(" ."))
    if text.plain[start:end] == name and (name in CITIES or name in COUNTRIES or name in STATES):
        # Typed without its capital.
        return 0.2 + _rate_kind(text, spec, name, start, end)
    return _rate_kind(text, spec, name, start, end)


def _rate_kind(text: Text, spec: ParameterSpec, name: str, start: int, end: int) -> float:
    wide = {"countri", "nation"} & set(spec.own)
    broad = bool({"countri", "state", "region", "nation"} & set(spec.own))
    narrow = "citi" in spec.own or "town" in spec.own
    if wants_state(spec.description) and not broad:
        larger = name in COUNTRIES or (name in STATES and name not in CITIES) or name.upper() in _CODES
        return -0.3 if larger else 0.0
    if narrow or broad:
        state = name in STATES or (name.upper() in _CODES and text.plain[start:end].isupper())
        large = name in COUNTRIES if wide else state if broad else (state and name != "new york") or name in COUNTRIES
        if large:
            return 0.3 if broad else -0.3
        return -0.25 if broad and name in CITIES else 0.0
    return 0.0


def find_formed(text: Text, spec: ParameterSpec, found: list[Candidate]) -> list[Candidate]:
    """Candidates in the form that the description shows; those that aren't places stay as they are."""
    if "place" in spec.roles and (codes := _map_codes(spec)):
        return [_as_code(each, codes) for each in found]
    if "place" not in spec.roles or not wants_state(spec.description):
        return found
    return [_abbreviate(_add_region(text, each)) for each in found]


def _map_codes(spec: ParameterSpec) -> dict[str, str]:
    """Name → code, where a state or country alone is asked for by its code."""
    said = spec.description.lower()
    if "countri" in spec.own and re.search(r"iso|alpha-2|(?:2|two)[- ]letter|country code", said):
        return COUNTRY_CODES
    if "state" in spec.own and "abbrev" in said:
        return STATES
    return {}


def _as_code(found: Candidate, codes: dict[str, str]) -> Candidate:
    if not isinstance(found.value, str) or found.value in codes.values():
        return found
    code = codes.get(found.value.strip().lower().removeprefix("the ").replace(".", ""))
    return found if code is None else replace(found, value=code, how=f"{found.value} → {code}", shown=code)


def _add_region(text: Text, found: Candidate) -> Candidate:
    """ "Portland" before ", OR" is "Portland, OR"."""
    known = isinstance(found.value, str) and found.value.lower() in CITIES
    if not isinstance(found.value, str) or "," in found.value or not (found.value[:1].isupper() or known):
        return found
    match = _NEXT_PART.match(text.plain, found.end)
    if match is None:
        return found
    part = match.group(1).rstrip(".")
    low = part.lower()
    while low and low not in STATES and low not in COUNTRIES and part.upper() not in _CODES:
        part = part.rpartition(" ")[0]
        low = part.lower()
    if not part:
        return found
    end = match.start(1) + len(part)
    return replace(found, end=end, value=text.original(found.start, end), weight=found.weight + 0.05)


def _abbreviate(found: Candidate) -> Candidate:
    if not isinstance(found.value, str):
        return found
    city, comma, rest = found.value.rpartition(",")
    if comma:
        low = rest.strip().lower()
        code = STATES.get(low) or (rest.strip().upper() if rest.strip().upper() in _CODES else None)
        value = f"{city.strip()}, {code}" if code else found.value
    else:
        home = CITIES.get(found.value.strip().lower())
        value = f"{found.value.strip()}, {home}" if home else found.value
        value = value.replace("New York City, NY", "New York, NY")
    if value == found.value:
        return found
    return replace(found, value=value, how=f"{found.value} → {value}", shown=value, weight=found.weight + 0.02)
