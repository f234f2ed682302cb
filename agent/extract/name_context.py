"""How a name stands in its sentence: what it describes, who it is said to be, whether it is seen, left from or
counted."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.context import find_preposition
from agent.extract.parameter_spec import ParameterSpec, stem
from agent.extract.spans import phrases
from language import numerals
from language.text import Text, split_name, word_set

_UNTELLING: Final = frozenset(map(stem, ("name", "title", "id", "number", "type", "new")))
_AUXILIARY: Final = word_set("did does do has have had is are was were will would can could")
_SEEN: Final = word_set("see watch play rent stream read hear attend")
_PARTICIPLES: Final = ("ed", "en", "ung", "de", "ght")
_MADE: Final = word_set("performed sung recorded released made created played published painted")


def headed_by(text: Text, spec: ParameterSpec, phrase: phrases.Phrase) -> bool:
    """Whether a name of several words says itself what it is: "Grand Lake Theater" for a theater's."""
    inside = [token for token in text.after(phrase.start, 8) if token.end <= phrase.end]
    return len(inside) > 1 and inside[-1].capital and stem(inside[-1].low) in set(spec.own) - _UNTELLING


def acts(text: Text, start: int) -> bool:
    """Whether a name is asked about as somebody who does something: "did Johnny Cash release"."""
    return any(token.low in _AUXILIARY for token in text.before(start, 2) if token.low != "the")


def shown(text: Text, phrase: phrases.Phrase) -> float:
    """What is seen, played or read, what tickets are for, or what is by somebody: the title of a work."""
    before = [token.low for token in text.before(phrase.start, 3) if token.low not in {"the", "me", "us", "'", '"'}]
    after = text.after(phrase.end, 2)
    if before[:1] and before[0] in _SEEN:
        return 0.2
    if before[:2] and before[0] in {"for", "to"} and before[1:2] in (["ticket"], ["tickets"], ["seats"]):
        return 0.2
    by = len(after) > 1 and after[0].low == "by" and after[1].capital
    return 0.2 if by else 0.0


def departs(text: Text, phrase: phrases.Phrase) -> bool:
    """ "JFK to LAX": a name that stands before "to" and another name, after no preposition."""
    after = text.after(phrase.end, 2)
    if len(after) > 1 and after[0].text == "," and after[1].text.isupper():
        after = text.after(after[1].end, 2)
    to = len(after) > 1 and after[0].low in {"to", "→", "->"} and after[1].capital
    return to and find_preposition(text, phrase.start) is None


def says_how_many(text: Text, phrase: phrases.Phrase) -> bool:
    """Whether a phrase only says how many of something: "3 people", "two", "1"; a house has its street's name after the
    number."""
    for number in numerals.find(text):
        if number.start == phrase.start:
            rest = [token for token in text.after(number.end, 4) if token.end <= phrase.end]
            return not any(token.capital for token in rest)
    return False


def describes(text: Text, end: int) -> bool:
    """Whether a name merely describes the word after it: "Stronger" in "the Stronger album"."""
    after = text.after(end, 1)
    return (
        bool(after)
        and after[0].start <= end + 1
        and after[0].low.isalpha()
        and not after[0].capital
        and not phrases.is_stop(after[0].low)
    )


def participle(text: Text, start: int, spec: ParameterSpec) -> float:
    """ "directed by X" names a director, "starred by X" does not."""
    words = text.before(start, 2)
    if len(words) < 2 or words[0].low != "by":
        return 0.0
    if (
        "maker" in spec.roles
        and not set(spec.own) & {"star", "cast", "actor"}
        and (words[1].low in _MADE or not words[1].low.endswith(_PARTICIPLES))
    ):
        return 0.15  # "songs by X", "performed by X"
    if not words[1].low.endswith(_PARTICIPLES):
        return 0.0
    verb = words[1].low[:5]
    said = (*split_name(spec.name), *re.findall(r"[a-z]+", spec.description.lower()))
    return 0.25 if any(word.startswith(verb) for word in said) else -0.3


def goes_on(text: Text, phrase: phrases.Phrase) -> int | None:
    """Where a new name goes on after an "and": "Safety" of "to Safety and Health Training". What is called anew is one
    thing."""
    after = text.after(phrase.end, 3)
    if phrase.by not in {"to", "into", "as"} or not phrase.capital or len(after) < 2:
        return None
    if after[0].low not in {"and", "&"} or not after[1].capital or not after[1].word:
        return None
    first = text.index_at(after[1].start)
    last = phrases.find_extent(text, first)
    return text.tokens[last - 1].end if last > first else None
