"""Boolean reader: yes if the parameter's own words are said, no if they are denied. Without such words it reads
nothing: a default is the contract's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from agent.extract.enums import is_negated
from agent.extract.parameter_spec import ParameterSpec, stem_word
from agent.extract.reading import Candidate
from language import quotes
from language.text import Text, Token, split_name, word_set

YES: Final = word_set(
    "yes y yeah yep yup sure ok okay true on enabled enable please definitely correct affirmative certainly absolutely"
)
NO: Final = word_set("no n nope nah false off disabled disable never negative none without not")
_FRAME: Final = word_set(
    "is are has have had should be can do does did will would with enable enabled enables allow allowed allows "
    "include includes included "
    "including want wants need needs use uses require required requires show only flag auto set make get force "
    "has a the in to of for on "
    "if it no not disable exclude skip without get good suitable friendly"
)
# Generic words of an amenity: "has_laundry_service" only asks about "laundry".
_FACET: Final = frozenset(
    map(
        stem_word,
        word_set(
            "service services option options available availability allowed accepted visibility entry access "
            "required included support "
            "facility facilities mode preference offered provided"
        ),
    )
)
_AGAINST: Final = word_set("disable exclude skip omit hide ignore remove no not without non prevent suppress avoid")
_EXCLUDING: Final = word_set("exclude excluding omit")
_POINTING: Final = word_set("any all those these the that which ones one is are was were")
_WANTING: Final = word_set("need want require include show care")
_PARTING: Final = word_set("but and then just only or if when so as because since to for")
_FAR: Final = 7
"""How many words before a parameter's own may deny it."""
_AFTER_NO: Final = re.compile(
    r"^\s*(?:(?:is|are)\s+)?(?:not|isn't|aren't|no|off|false|unnecessary|disabled|not needed|free)\b"
)


def find(text: Text, spec: ParameterSpec) -> list[Candidate]:
    reversed_name = bool(set(split_name(spec.name)) & _AGAINST)
    words = _list_words(spec.name)
    made: list[Candidate] = []
    for needed, sure, meant in ((words, 0.75, True), *_find_stated_words(spec.description)):
        if needed:
            made += _find_said(text, spec, needed, sure, meant, reversed_name=reversed_name and meant is True)
    if not made and len(words) > 1:
        made += _find_partly_said(text, spec, words)
    return made


@lru_cache(maxsize=4096)
def _list_words(name: str) -> tuple[str, ...]:
    split = split_name(name)
    kept = tuple(stem_word(word) for word in split if word not in _FRAME)
    return kept or tuple(stem_word(word) for word in split)


@lru_cache(maxsize=4096)
def _find_stated_words(description: str) -> tuple[tuple[tuple[str, ...], float, bool], ...]:
    """Words that the description ties to an answer: "private (true) or public (false)", "True for smoking rooms"."""
    made: list[tuple[tuple[str, ...], float, bool]] = []
    low = description.lower()
    made += [
        ((stem_word(match.group(1)),), 0.7, match.group(2) == "true")
        for match in re.finditer(r"\b([a-z][a-z-]+)\s*\((true|false)\)", low)
    ]
    for match in re.finditer(
        r"[\"'`]?\b(true|false)[\"'`]?\s+(?:for|if|means|when|to)\s+([a-z-]+(?:\s+[a-z-]+)?)", low
    ):
        words = tuple(stem_word(word) for word in match.group(2).split() if word not in _FRAME and len(word) > 3)
        if words:
            made.append((words[:1], 0.5, match.group(1) == "true"))
    tied = re.finditer(r"\b(?:when|if)\b(?:\s+set\s+to)?\s+[\"'`]?true\b[^.]*?\b(?:is|are|be|being)\s+([a-z]{5,})", low)
    made += [((stem_word(match.group(1)),), 0.5, True) for match in tied]
    positive = {words for words, _, meant in made if meant}
    return tuple(each for each in made if each[2] or each[0] not in positive)


def _find_said(
    text: Text, spec: ParameterSpec, needed: tuple[str, ...], sure: float, meant: bool, *, reversed_name: bool
) -> list[Candidate]:
    """Finds every word of ``needed`` within a few words of each other."""
    tokens = text.tokens
    places: list[list[int]] = []
    for word in needed:
        hits = [
            index
            for index, token in enumerate(tokens)
            if word in {stem_word(token.low), *(stem_word(part) for part in re.split("[-_]", token.low))}
        ]
        if not hits:
            return []
        places.append(hits)
    made: list[Candidate] = []
    for first in places[0]:
        if _inside(text, tokens[first].start):
            continue
        chosen = [min(hits, key=lambda index: abs(index - first)) for hits in places]
        if max(chosen) - min(chosen) > len(needed) + 2:
            continue
        low, high = min(chosen), max(chosen)
        against = is_negated(tokens, low) or bool(_AFTER_NO.match(text.low[tokens[high].end : tokens[high].end + 24]))
        against = against or any(token.low in _AGAINST for token in tokens[max(0, low - 2) : low])
        against = against or _is_turned_down(tokens, low)
        against = against or tokens[low].low.startswith(("non-", "no-"))
        value = meant
        if reversed_name:
            # "disable_cache": "disable the cache" is yes, "with the cache" is no.
            value = against or any(token.low in _AGAINST for token in tokens[max(0, low - 3) : high + 1])
        elif against:
            value = not meant
        made.append(_make_candidate(text, spec, low, high, value, sure, negative=against))
    return made


def _is_turned_down(tokens: Sequence[Token], index: int) -> bool:
    """Whether a word before it in its clause turns it down: "exclude any that are archived", "I don't need a list of
    the tools"."""
    for step in range(index - 1, max(-1, index - _FAR), -1):
        token = tokens[step]
        if not token.word or token.low in _PARTING or token.text[-1:] in ",.;:!?":
            return False
        if token.low in _EXCLUDING:
            return all(each.low in _POINTING for each in tokens[step + 1 : index])
        if token.low in _WANTING and step and (tokens[step - 1].low == "not" or tokens[step - 1].low.endswith("n't")):
            return True
    return False


def _find_partly_said(text: Text, spec: ParameterSpec, words: tuple[str, ...]) -> list[Candidate]:
    """Finds one word of several, unless the last word only names its kind: "private" of private_visibility."""
    made: list[Candidate] = []
    for index, token in enumerate(text.tokens):
        if stem_word(token.low) == words[0] and len(token.low) > 3 and not _inside(text, token.start):
            against = is_negated(text.tokens, index)
            sure = 0.65 if _FACET.issuperset(words[1:]) else 0.45
            made.append(_make_candidate(text, spec, index, index, not against, sure, negative=against))
    return made


def _inside(text: Text, position: int) -> bool:
    """Whether this is quoted. Quoted words are taken literally and say neither yes nor no."""
    return any(each.outer_start <= position < each.outer_end for each in quotes.find(text) if each.kind == "quoted")


def _make_candidate(
    text: Text, spec: ParameterSpec, low: int, high: int, value: bool, sure: float, *, negative: bool
) -> Candidate:
    tokens = text.tokens
    first = low
    if negative:
        for step in range(1, 4):
            if low - step >= 0 and (tokens[low - step].low in NO | _AGAINST or tokens[low - step].low.endswith("n't")):
                first = low - step
                break
    start, end = tokens[first].start, tokens[high].bare_end
    made = cast_boolean(spec, value)
    return Candidate(
        start, end, made, f"{text.plain[start:end]} → {'yes' if value else 'no'}", "yes" if value else "no", sure
    )


def cast_boolean(spec: ParameterSpec, value: bool) -> Any:
    """``value`` in the schema's form: an enum of "True"/"False" keeps its spelling."""
    for each in spec.enum:
        if not isinstance(each, bool) and str(each).lower() == str(value).lower():
            return each
    return value


def read_whole(words: str) -> bool | None:
    """Whether these words alone say yes or no."""
    low = words.lower().strip(" .!,")
    if low in {"yes please", "go ahead", "do it", "yes, please"}:
        return True
    if low in {"no thanks", "no thank you", "do not", "don't", "not needed", "not necessary"}:
        return False
    return True if low in YES else False if low in NO else None
