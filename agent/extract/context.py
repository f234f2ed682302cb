"""Context of a span: rates how well the words around it fit a parameter.

It considers the parameter's own words beside it, the preposition before it, and what a number counts: people ("for
two", "a party of 3"), results on a page, or the following thing.
"""

from __future__ import annotations

import re
from typing import Final

from agent.extract.parameter_spec import ParameterSpec, stem_word
from agent.extract.value_roles import ROLES, Role
from language.text import Text, word_set

PREPOSITIONS: Final = word_set(
    "from to into towards for with in at near around within inside by starring featuring about on regarding "
    "concerning since starting "
    "after beginning between until till through before ending via using of as under over onto off against during"
)
SKIPPED: Final = word_set(
    "the a an is are as of to = : my his her their our its be with ' \" ` named called set number value - ( which "
    "that will would should must"
)
_AFTER_SKIPPED: Final = word_set("' \" ` ) as the is my a an")
_IDENTIFIERS: Final = frozenset(
    map(stem_word, ("id", "identifier", "uuid", "guid", "number", "no", "code", "ref", "reference"))
)
_BREAKS: Final = word_set(". ! ? ;")
_OPPOSED: Final[dict[str, frozenset[Role]]] = {
    "from": frozenset(("target", "end")),
    "to": frozenset(("origin", "start", "maker")),
    "by": frozenset(("target",)),
    "until": frozenset(("start",)),
    "since": frozenset(("end",)),
}
# People behind a work, who are not seen in it. Nobody says "with" about them.
_BEHIND: Final = frozenset(
    map(stem_word, ("director", "directed", "author", "writer", "composer", "producer", "creator", "developer"))
)
_NONE: Final[frozenset[Role]] = frozenset()
# Precedes a town or region. The name of a house has "at".
_REGIONAL: Final = frozenset(("in", "near", "around", "within"))
_WEIGHTS_BEFORE: Final = (0.4, 0.32, 0.24, 0.16, 0.1)
_WEIGHTS_AFTER: Final = (0.3, 0.15)


def find_preposition(text: Text, start: int) -> str | None:
    """The preposition that governs what begins at ``start``. Articles are skipped."""
    for token in text.before(start, 3):
        if token.low in PREPOSITIONS:
            return token.low
        if token.low not in {"the", "a", "an", "my", "our", "his", "her", "their", "'", '"'}:
            return None
    return None


def rate_label(text: Text, start: int, end: int, spec: ParameterSpec) -> float:
    """In [0, 0.6]: the parameter's own words, or those of its role, right before or after the span."""
    best = 0.0
    matched = 0
    names = set(spec.own)
    if stem_word("id") in names:
        names |= _IDENTIFIERS
    labels: set[str] = set()
    for role in spec.roles:
        labels |= ROLES[role][2]
    step = 0
    damp = 1.0
    for token in text.before(start, 9):
        if token.text in _BREAKS or step >= len(_WEIGHTS_BEFORE):
            break
        if token.low in SKIPPED and stem_word(token.low) not in names:
            continue
        if token.text == "," or token.low in {"and", "or", "but"}:
            # The words before a conjunction usually label something else.
            damp = 0.4
        stemmed = stem_word(token.low)
        weight = _WEIGHTS_BEFORE[step] * damp
        if stemmed in names or any(
            part in names
            for part in map(stem_word, token.low.replace("-", "_").split("_"))
            if "_" in token.low or "-" in token.low
        ):
            best, matched = max(best, weight), matched + 1
        elif token.low in labels:
            best = max(best, weight * 0.8)
        elif stemmed in spec.about and step < 2:
            best = max(best, weight * 0.4)
        step += 1
    step = 0
    for token in text.after(end, 6):
        if token.text in _BREAKS or token.text == "," or step >= len(_WEIGHTS_AFTER):
            break
        if token.low in _AFTER_SKIPPED or (token.low == "for" and _named_after(text, token.start, token.end)):
            continue
        stemmed = stem_word(token.low)
        if stemmed in names:
            best, matched = max(best, _WEIGHTS_AFTER[step]), matched + 1
        elif stemmed in spec.about:
            best = max(best, _WEIGHTS_AFTER[step] * 0.5)
        elif token.low in PREPOSITIONS or token.low == "and":
            break
        step += 1
    return min(0.6, best + 0.1 * max(0, matched - 1))


def _named_after(text: Text, start: int, end: int) -> bool:
    """The purpose of a quoted value after it, with an article: "'localhost' for the host"."""
    return text.plain[:start].rstrip().endswith(("'", '"')) and any(
        token.low in {"the", "its", "my", "our", "their"} for token in text.after(end, 1)
    )


def rate_affinity(text: Text, start: int, spec: ParameterSpec) -> float:
    """In [-0.3, 0.3]: whether this role takes the preposition before the span."""
    said = find_preposition(text, start)
    if said is None or not spec.roles or (said == "to" and spec.annotation.replaces is not None):
        return 0.0  # whatever replaces another value, something is set "to" it
    # "to" any place, but not to a place of origin.
    if said == "to" and "origin" in spec.roles and "target" not in spec.roles:
        return -0.3
    if said in _REGIONAL and {"title", "place"} <= spec.roles:
        return 0.0
    if said == "with" and "place" in spec.roles:
        return 0.0
    if said == "with" and spec.roles == {"maker"} and _BEHIND.intersection(spec.own):
        return 0.0
    if any(said in ROLES[role][1] for role in spec.roles):
        return 0.3
    if spec.roles == {"sort"}:
        return -0.15 if said in {"in", "by", "with", "at", "from", "near", "starring"} else 0.0
    return -0.3 if _OPPOSED.get(said, _NONE) & spec.roles else 0.0


# Words for people who are counted, whatever they come for.
_GROWN: Final = "people persons person adults adult men man women woman guests guest friends colleagues us pax"
_YOUNG: Final = "children child kids kid babies infants infant toddlers"
_COMING: Final = (
    "passengers passenger travelers traveler travellers traveller riders rider attendees attendee participants "
    "participant visitors "
    "visitor diners diner members member seats seat occupants tourists"
)
_PEOPLE: Final = word_set(_GROWN) | word_set(_COMING)
_YOUTH: Final = word_set(_YOUNG)
_COUNTED: Final = frozenset(map(stem_word, _PEOPLE - {"us", "man", "men"})) | {stem_word("party"), stem_word("tickets")}
_YOUTH_STEMS: Final = frozenset(map(stem_word, _YOUTH))
_GROUPS: Final = word_set("party group table family team booking reservation")
_ENDS: Final = PREPOSITIONS | word_set("please and but if when tomorrow today tonight next this thanks or who that")
_BETWEEN: Final = word_set("more other of adult grown young")


def counts_people(spec: ParameterSpec) -> bool:
    """Whether the parameter is a number of people."""
    own = set(spec.own)
    return bool(own & _COUNTED) and not own & _YOUTH_STEMS and bool(own & _HOW_MANY or _plural(spec))


_HOW_MANY: Final = frozenset(map(stem_word, ("number", "count", "size", "num", "no", "total", "quantity")))


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
_SIZED: Final = frozenset(map(stem_word, ("size", "limit", "per", "count", "results", "entries")))


def rate_paging(text: Text, start: int, end: int, names: set[str]) -> float:
    """Tells a page number from a page size: "page 2, 50 per page"."""
    sized, page = bool(names & _SIZED), stem_word("page") in names
    if _PER_PAGE.match(text.low, end):
        return 0.3 if sized else -0.3 if page else 0.0
    return -0.3 if sized and page and _PAGE.search(text.low[:start]) else 0.0


def list_counted_stems(text: Text, end: int) -> list[str]:
    """The stems of the words that a number counts, up to the first function word: "premium economy tickets"."""
    made: list[str] = []
    for token in text.after(end, 4):
        if not token.word or token.low in PREPOSITIONS or token.low in _CLOSING or token.text[0].isdigit():
            break
        made.append(stem_word(token.low))
    return made


_CLOSING: Final = word_set("and or but is are was were the a an that which who my our please than")
