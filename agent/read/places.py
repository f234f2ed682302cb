"""Places as a parameter asks for them: "Oakland, California" → "Oakland, CA" where its description wants "City, State" abbreviated."""

from __future__ import annotations

import re
from typing import Final

from agent.read.reading import Found
from agent.read.target import Target
from agent.read.text import Text

_STATES: Final = dict(
    pair.split("=")
    for pair in ["alabama=AL", "alaska=AK", "arizona=AZ", "arkansas=AR", "california=CA", "colorado=CO", "connecticut=CT", "delaware=DE", "florida=FL", "georgia=GA", "hawaii=HI", "idaho=ID", "illinois=IL", "indiana=IN", "iowa=IA", "kansas=KS", "kentucky=KY", "louisiana=LA", "maine=ME", "maryland=MD", "massachusetts=MA", "michigan=MI", "minnesota=MN", "mississippi=MS", "missouri=MO", "montana=MT", "nebraska=NE", "nevada=NV", "new_hampshire=NH", "new_jersey=NJ", "new_mexico=NM", "new_york=NY", "north_carolina=NC", "north_dakota=ND", "ohio=OH", "oklahoma=OK", "oregon=OR", "pennsylvania=PA", "rhode_island=RI", "south_carolina=SC", "south_dakota=SD", "tennessee=TN", "texas=TX", "utah=UT", "vermont=VT", "virginia=VA", "washington=WA", "west_virginia=WV", "wisconsin=WI", "wyoming=WY", "district_of_columbia=DC"]
)
_CODES: Final = frozenset(_STATES.values())
_ASKED: Final = re.compile(
    r"city,\s*(?:state|country|st)\b|\b[A-Z][a-z]+(?: [A-Z][a-z]+)*, (?:[A-Z]{2})\b", re.IGNORECASE
)


def formed(text: Text, target: Target, found: list[Found]) -> list[Found]:
    """Candidates in the form that the description shows; those that aren't places stay as they are."""
    if not _ASKED.search(target.description):
        return found
    return [_abbreviated(each) for each in found]


def _abbreviated(found: Found) -> Found:
    if not isinstance(found.value, str) or "," not in found.value:
        return found
    city, _, state = found.value.rpartition(",")
    code = _STATES.get(re.sub(r"\s+", "_", state.strip().lower()))
    if code is None and state.strip().upper() in _CODES and len(state.strip()) == 2:
        code = state.strip().upper()
    if code is None:
        return found
    value = f"{city.strip()}, {code}"
    how = found.how if value == found.value else f"{found.value} → {value}"
    return Found(found.start, found.end, value, how, value, found.weight + 0.05)
