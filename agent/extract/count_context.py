"""What a number counts: people ("for two", "a party of 3"), what stands on a page, or the thing after it ("two economy
tickets")."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.context import PREPOSITIONS
from agent.extract.parameter_spec import ParameterSpec, stem
from language.text import Text, word_set

# What people are called where they are counted, apart from what they come for.
_GROWN: Final = "people persons person adults adult men man women woman guests guest friends colleagues us pax"
_YOUNG: Final = "children child kids kid babies infants infant toddlers"
_COMING: Final = (
    "passengers passenger travelers traveler travellers traveller riders rider attendees attendee participants "
    "participant visitors "
    "visitor diners diner members member seats seat occupants tourists"
)
_PEOPLE: Final = word_set(_GROWN) | word_set(_COMING)
_YOUTH: Final = word_set(_YOUNG)
_COUNTED: Final = frozenset(map(stem, _PEOPLE - {"us", "man", "men"})) | {stem("party"), stem("tickets")}
_YOUTH_STEMS: Final = frozenset(map(stem, _YOUTH))
_GROUPS: Final = word_set("party group table family team booking reservation")
_ENDS: Final = PREPOSITIONS | word_set("please and but if when tomorrow today tonight next this thanks or who that")
_BETWEEN: Final = word_set("more other of adult grown young")


def of_people(spec: ParameterSpec) -> bool:
    """Whether the parameter says how many people there are."""
    own = set(spec.own)
    return bool(own & _COUNTED) and not own & _YOUTH_STEMS and bool(own & _HOW_MANY or _plural(spec))


_HOW_MANY: Final = frozenset(map(stem, ("number", "count", "size", "num", "no", "total", "quantity")))


def _plural(spec: ParameterSpec) -> bool:
    last = spec.name.lower()
    return last.endswith(("s", "people", "pax"))


def says_people(text: Text, start: int, end: int) -> bool:
    """Whether the number between ``start`` and ``end`` counts people."""
    after = text.after(end, 2)
    following = [token.low for token in after]
    if following[:1] and following[0] in _BETWEEN:
        following = following[1:]
    if following[:1] and following[0] in _PEOPLE:
        return True
    before = [token.low for token in text.before(start, 2)]
    if before[:1] == ["of"] and before[1:2] and before[1] in _GROUPS:
        return True
    alone = not following or not after[0].word or (following[0] in _ENDS and after[0].low not in _BETWEEN)
    return before[:1] == ["for"] and alone


_PER_PAGE: Final = re.compile(r"\s*(?:\w+\s+)?(?:per|a|each|every)\s+page\b|\s*(?:each|at\s+a\s+time)\b")
_PAGE: Final = re.compile(r"\bpage\s+(?:number\s+|no\.?\s+|#\s*)?$")
_SIZED: Final = frozenset(map(stem, ("size", "limit", "per", "count", "results", "entries")))


def paged(text: Text, start: int, end: int, names: set[str]) -> float:
    """ "page 2, 50 per page": the one is which page, the other how much stands on one."""
    sized, page = bool(names & _SIZED), stem("page") in names
    if _PER_PAGE.match(text.low, end):
        return 0.3 if sized else -0.3 if page else 0.0
    return -0.3 if sized and page and _PAGE.search(text.low[:start]) else 0.0


def described(text: Text, end: int) -> list[str]:
    """The stems of the words that a number counts, up to the first little word: "premium economy tickets"."""
    made: list[str] = []
    for token in text.after(end, 4):
        if not token.word or token.low in PREPOSITIONS or token.low in _CLOSING or token.text[0].isdigit():
            break
        made.append(stem(token.low))
    return made


_CLOSING: Final = word_set("and or but is are was were the a an that which who my our please than")
