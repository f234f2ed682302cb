"""Numbers that stand for something, said by what they stand for: "a cleaning service" where "1 is for cleaning service,
2 for ironing"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from agent.extract import enums, number_parameters
from agent.extract.context import label
from agent.extract.parameter_spec import ParameterSpec, stem
from agent.extract.reading import Candidate
from language.text import Text, word_set

_LITTLE: Final = word_set("a an the of for in to and or etc any each")


def find(text: Text, spec: ParameterSpec) -> list[Candidate]:
    """The codes whose words were said; of those that hold one another the longest."""
    made: list[Candidate] = []
    for code, meaning in spec.codes:
        value = number_parameters.cast(spec, Decimal(code))
        words = tuple(stem(word) for word in re.findall(r"[^\W_]+", meaning.lower()) if word not in _LITTLE)
        if value is None or not words:
            continue
        ways = [(words, 0.75)]
        if len(words) > 1 and words[-1] in spec.own:
            ways.append((words[:-1], 0.68))
        for phrase, sure in ways:
            for start, end, index in enums.find_spoken(text, phrase):
                weight = (
                    sure + 0.3 * label(text, start, end, spec) - (0.6 if enums.is_negated(text.tokens, index) else 0.0)
                )
                made.append(Candidate(start, end, value, f"{text.plain[start:end]} → {code}", meaning, weight))
    return [
        each
        for each in made
        if not any(
            other.start <= each.start and each.end <= other.end and other.end - other.start > each.end - each.start
            for other in made
        )
    ]
