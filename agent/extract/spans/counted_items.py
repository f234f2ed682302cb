"""Lists of things that are counted: "two burgers and a coke" → what there shall be, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from agent.extract.context import PREPOSITIONS
from agent.extract.parameter_spec import ParameterSpec, stem
from language import numerals
from language.text import Text, Token, read_text, word_set

_ARTICLES: Final = word_set("a an")
_JOINTS: Final = word_set(", and & plus ;")
_STOPS: Final = (PREPOSITIONS - {"with"}) | word_set(
    "or but please is are was were will would can could should to the my your our that which who whose i you we "
    "they it me him her them "
    "please thanks each also then if when now today tomorrow tonight"
)
_MEASURES: Final = word_set(
    "day days night nights week weeks month months year years hour hours minute minutes second seconds am pm "
    "dollar dollars euro euros "
    "percent times people persons adults guests children kids o'clock"
)
_QUANTITIES: Final = frozenset(
    map(stem, ("quantity", "quantities", "count", "counts", "amount", "amounts", "number", "numbers"))
)
_LONGEST: Final = 4


@dataclass(frozen=True, slots=True)
class CountedItem:
    """Some of one thing: where it stands, how many, and where the thing itself stands."""

    start: int
    end: int
    count: Decimal
    thing_start: int


@lru_cache(maxsize=256)
def find(text: Text) -> tuple[tuple[CountedItem, ...], ...]:
    """Runs of counted things that nothing but commas and "and" stand between; each begins with a number, in digits or
    in words."""
    numbers = {number.start: number for number in numerals.find(text) if number.kind == "cardinal" and not number.unit}
    runs: list[tuple[CountedItem, ...]] = []
    run: list[CountedItem] = []
    index, tokens = 0, text.tokens
    while index < len(tokens):
        made = _one(tokens, index, numbers, started=bool(run))
        if made is None:
            if run and tokens[index].low not in _JOINTS:
                runs.append(tuple(run))
                run = []
            index += 1
            continue
        run.append(made[0])
        index = made[1]
        if index < len(tokens) and tokens[index].low not in _JOINTS:
            runs.append(tuple(run))
            run = []
    if run:
        runs.append(tuple(run))
    return tuple(runs)


def _one(
    tokens: tuple[Token, ...], index: int, numbers: dict[int, numerals.Number], *, started: bool
) -> tuple[CountedItem, int] | None:
    token = tokens[index]
    number = numbers.get(token.start)
    if token.low in _ARTICLES:
        if not started:
            return None
        first, count = index + 1, Decimal(1)
    elif number is not None and not (number.words and token.capital and index and tokens[index - 1].text not in ".!?"):
        first, count = index, number.value
        while first < len(tokens) and tokens[first].start < number.end:
            first += 1
    else:
        return None
    last = first
    while (
        last < len(tokens)
        and last - first < _LONGEST
        and tokens[last].word
        and tokens[last].text[0].isalpha()
        and tokens[last].low not in _STOPS | _JOINTS
    ):
        last += 1
    if last == first or tokens[first].low in _MEASURES or tokens[last - 1].low in _MEASURES:
        return None
    return CountedItem(token.start, tokens[last - 1].end, count, tokens[first].start), last


def is_run(words: str, start: int, end: int) -> bool:
    """Whether these words are such a list as a whole."""
    text = read_text(words)
    return any(text.span(run[0].start, run[-1].end) == (start, end) for run in find(text))


def asks_how_many(spec: ParameterSpec) -> bool:
    return bool(_QUANTITIES & set(spec.own))
