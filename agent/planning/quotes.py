"""Quotes of a proposal: every stretch of typed words in it, and its place in what was typed."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any, Final

from pydantic import BaseModel

from agent.pipeline import Request
from agent.planning.proposal import Words
from language.dictated import find_dictated
from language.wordnet import is_word

_WORD: Final = re.compile(r"\w+")
_OWNERS_S: Final = re.compile(r"(?<=[^\W\d_])s(?!\w)", re.IGNORECASE)
_BETWEEN: Final = "\n"
_MOST_SHARED: Final = 80
# An escape sequence in text that was copied from code, such as a typed-out line end.
_ESCAPED: Final = re.compile(r"\\[nrt]$")
# Scripts without spaces: Thai, Lao, Myanmar and Khmer, kana and Han.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)


def walk(node: Any) -> Iterator[Any]:
    """Every part of a proposal, each before its own parts."""
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, BaseModel):
            yield each
            waiting += [getattr(each, name) for name in _list_fields(type(each))]
        elif isinstance(each, dict):
            waiting += reversed(each.values())
        elif isinstance(each, (tuple, list)):
            waiting += reversed(each)


@cache
def _list_fields(kind: type[BaseModel]) -> Sequence[str]:
    """The fields in reverse order, for a stack."""
    return tuple(reversed(kind.model_fields))


def list_words(node: Any) -> Iterator[Words]:
    """Every stretch of typed words in a part of a proposal, at any depth."""
    return (each for each in walk(node) if isinstance(each, Words))


def find_quotes(node: Any, request: Request) -> Iterator[Words]:
    """Like ``list_words``, with the place of each if it stands in the request."""
    return (each if each.start is not None else locate(each.text, request) for each in list_words(node))


def find_places(node: Any, request: Request) -> list[tuple[int, int]]:
    """The places in the request that a part of a proposal quotes."""
    found = [(words, words.start) for words in find_quotes(node, request) if words.origin == 0]
    places = (
        (start, _find_end(words, start, request.text)) if start is not None else _find_shared(words.text, request.text)
        for words, start in found
    )
    return [each for each in places if each is not None]


def _find_end(words: Words, start: int, there: str) -> int:
    """The end of a quote, with the s of whose something is."""
    end = start + len(words.text)
    return end + 1 if _OWNERS_S.match(there, end) else end


def _find_shared(text: str, there: str) -> tuple[int, int] | None:
    """The place of a name whose beginning is said once for several (the 3 of "Elm Road 2 and 3"), or of a dictated
    number."""
    if text.isdigit():
        return next(((start, end) for figures, start, end in find_dictated(there) if figures == text), None)
    head, _, last = text.strip().rpartition(" ")
    if not head or len(text) > _MOST_SHARED:
        return None
    joint = r"\s*(?:,|&|\b(?:and|or)\b)\s*"
    found = re.search(
        rf"(?<!\w){re.escape(head)}\s+\w+(?:{joint}\w+)*?{joint}(?P<last>{re.escape(last)})(?!\w)", there, re.I
    )
    return found.span("last") if found is not None else None


def locate(text: str, request: Request, taken: Collection[tuple[int, int]] = ()) -> Words:
    """Locates words in the request or an answer, as whole words.

    Matches exactly first, then without case, spaces and punctuation, then as whose something is. Prefers the latest
    answer, and uses places in ``taken`` (origin, start) last.
    """
    wanted = [each.casefold() for each in _WORD.findall(text)]
    found: list[Words] = []
    for origin in (*range(len(request.answers), 0, -1), 0):
        there = request.words(origin)
        exact = [at.start() for at in re.finditer(re.escape(text), there) if _whole(there, at.start(), at.end())]
        found += [Words(text=text, origin=origin, start=start) for start in exact]
        if exact or not wanted:
            continue
        joined, places = _fold_words(there)
        sought = _join(wanted)
        at = joined.find(sought)
        while at >= 0:
            first = joined.count(_BETWEEN, 0, at)
            start, end = places[first][0], places[first + len(wanted) - 1][1]
            found.append(Words(text=there[start:end], origin=origin, start=start))
            at = joined.find(sought, at + 1)
    if not found and wanted and text[-1:].isalpha() and not is_word(wanted[-1]) and not text.casefold().endswith("s"):
        found += _find_owner(text, request)
    free = [each for each in found if (each.origin, each.start) not in taken]
    return next(iter((*free, *found)), Words(text=text))


def _find_owner(name: str, request: Request) -> Iterator[Words]:
    """The places of a name with the s of whose something is, as people type it: "priyas order"."""
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?={_OWNERS_S.pattern})", re.IGNORECASE)
    for origin in (*range(len(request.answers), 0, -1), 0):
        places = pattern.finditer(request.words(origin))
        yield from (Words(text=each[0], origin=origin, start=each.start()) for each in places)


def find_in_request(text: str, request: Request) -> tuple[int, int] | None:
    """The place of words in the request itself, as whole words, or None."""
    found = locate(text, request.model_copy(update={"answers": ()}))
    return (found.start, found.start + len(found.text)) if found.start is not None else None


@lru_cache(maxsize=64)
def _fold_words(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """The words of a text in one string, and the place of each. Folded once for all quotes."""
    words = list(_WORD.finditer(text))
    return _join(each.group().casefold() for each in words), tuple(each.span() for each in words)


def _join(words: Iterable[str]) -> str:
    return "".join(f"{_BETWEEN}{each}" for each in words) + _BETWEEN


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch begins and ends at word or number boundaries."""
    before = start > 0 and _goes_on(text[start - 1], text[start]) and _ESCAPED.search(text, 0, start) is None
    after = end < len(text) and _goes_on(text[end - 1], text[end])
    return not before and not after


def _goes_on(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word. In scripts without spaces, a word may end anywhere."""
    return left.isalnum() and right.isalnum() and not (_UNSPACED.match(left) or _UNSPACED.match(right))
