"""Ordered closed lists: the two ends of a list such as low, normal, high, urgent, by the words for them ("highest",
"as low as possible")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from agent.extract.context import rate_label
from agent.extract.parameter_spec import ParameterSpec
from agent.extract.reading import Candidate
from language.text import Text, Token, read_text, word_set

_PAIRS: Final = (
    (word_set("low lower lowest"), word_set("high higher highest")),
    (word_set("small smaller smallest little"), word_set("large larger largest big bigger biggest")),
    (word_set("minor"), word_set("major")),
    (word_set("weak weaker weakest"), word_set("strong stronger strongest")),
    (word_set("slow slower slowest"), word_set("fast faster fastest quick")),
    (word_set("short shorter shortest"), word_set("long longer longest")),
    (word_set("light lighter lightest"), word_set("heavy heavier heaviest")),
    (word_set("cold colder coldest cool"), word_set("hot hotter hottest warm")),
    (word_set("easy easier easiest"), word_set("hard harder hardest difficult")),
)
"""Words for less and for more of the same. A closed list with one of them is ordered."""
_LEAST: Final = word_set("lowest bottom minimum min least")
_MOST: Final = word_set("highest top topmost maximum max utmost")
_POSSIBLE: Final = (("possible",), ("it", "gets"), ("it", "goes"), ("can", "be"), ("it", "can"), ("you", "can"))
_LABELLED: Final = 0.2
_SURE: Final = 0.75


def find_ends(text: Text, spec: ParameterSpec, values: Sequence[Any]) -> Iterator[Candidate]:
    """The first or last member, where the request asks for the least or the most of it."""
    for start, end, value in _list_ends(text, tuple(values)):
        near = rate_label(text, start, end, spec)
        said = text.plain[start:end]
        if near >= _LABELLED or " " in said or _is_whole(text, start, end):
            yield Candidate(start, end, value, f"{said} → {value}", str(value), _SURE + 0.4 * near)


def read_end(words: str, values: Sequence[Any]) -> Any:
    """The member of an ordered list that is meant by words for its least or its most, or None."""
    text = read_text(words)
    return next((value for start, end, value in _list_ends(text, values) if _is_whole(text, start, end)), None)


def list_end_words(values: Sequence[Any]) -> frozenset[str]:
    """The words for the least and the most of an ordered list; none for any other list."""
    scale = _find_scale(tuple(map(str, values)))
    if scale is None:
        return frozenset()
    return _LEAST | _MOST | {each for each in scale[0] | scale[1] if each.endswith("est")}


def _list_ends(text: Text, values: Sequence[Any]) -> Iterator[tuple[int, int, Any]]:
    scale = _find_scale(tuple(map(str, values)))
    for index, token in enumerate(text.tokens if scale is not None else ()):
        assert scale is not None
        least, most, ascends = scale
        size = _match_utmost(text.tokens, index, least | most)
        word = text.tokens[index + 1].low if size else token.low
        if size or word in _LEAST | _MOST or (word in least | most and word.endswith("est")):
            greater = word in most or word in _MOST
            end = text.tokens[index + max(size, 1) - 1].bare_end
            yield token.start, end, values[-1 if greater == ascends else 0]


def _is_whole(text: Text, start: int, end: int) -> bool:
    before, behind = text.plain[:start].strip().casefold(), text.plain[end:].strip(" .!")
    return not behind and before in ("", "the", "its", "to the")


def _match_utmost(tokens: Sequence[Token], index: int, words: frozenset[str]) -> int:
    """The number of tokens of "as high as possible", 0 if it is none."""
    lows = [each.low for each in tokens[index : index + 5]]
    if len(lows) < 4 or lows[0] != "as" or lows[1] not in words or lows[2] != "as":
        return 0
    return next((3 + len(each) for each in _POSSIBLE if tuple(lows[3 : 3 + len(each)]) == each), 0)


@lru_cache(maxsize=1024)
def _find_scale(values: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str], bool] | None:
    """The words for less and for more of an ordered list, and whether it ascends. None if nothing tells its order."""
    said = [each.casefold() for each in values]
    middle = (len(said) - 1) / 2
    for least, most in _PAIRS:
        lows, highs = ([at for at, each in enumerate(said) if each in words] for words in (least, most))
        if lows and highs:
            return least, most, max(lows) < min(highs)
        for found, greater in ((lows, False), (highs, True)):
            if found and found[0] != middle:
                return least, most, (found[0] > middle) == greater
    return None
