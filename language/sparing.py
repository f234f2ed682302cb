"""Sparing: clauses that leave something as it is: "but leave 7 alone"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from language.stems import EMPTY, split_runs, stem

# Behind what is left as it is: "leave 7 alone".
ALONE: Final = re.compile(
    r"\s+(?P<alone>alone|be|untouched|unchanged|out(?:\s+of\s+(?:it|this|that))?|as\s+(?:it\s+is|they\s+are))(?=\s*(?:$|[,.;!?]))",
    re.IGNORECASE,
)
SPARES: Final = re.compile(
    r"(?:[,;.!–-]|(?<!\w)(?:but|and))\s*(?:(?:please|just)\s+)?(?P<verb>keep|leave|spare|skip)\s+(?:the\s+|those\s+of\s+)?$",
    re.IGNORECASE,
)
_LEAVES: Final = re.compile(
    r"(?:[,;.!–-]|(?<!\w)(?:but|and))\s*(?P<clause>(?:(?:please|just)\s+)?(?:leave|spare|skip)\s+"
    rf"(?P<what>[\w'’#-]+(?:\s+[\w'’#-]+){{0,4}}?)(?:{ALONE.pattern})?)(?=\s*(?:$|[,.;!?]))",
    re.IGNORECASE,
)
_STAYS: Final = re.compile(
    r"(?<!\w)(?:all|every\w*)(?!\w)[^,;.!?:\n\d]{0,80}\s(?:except(?:\s+for)?|but(?:\s+for)?|apart\s+from|other\s+than)(?!\w)",
    re.IGNORECASE,
)
_AS_IT_IS: Final = re.compile(r"(?<!\w)(?:stays?|remains?|keep|leave|unchanged|untouched)(?!\w)", re.IGNORECASE)
_ENDS: Final = re.compile(r"[,;.!?:\n]")
_CLAUSE: Final = re.compile(r"(?:[^;!?\n.,:]|[.,:](?=\d))+")
_AN_AMOUNT: Final = re.compile(r"(?<![\w-])\d{1,2}(?![\w-])|\d\S*\s+[^\W\d]")


def find_left_alone(text: str) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The clauses that leave something alone, and in each what that is. An amount is left over, and not alone."""
    for found in _LEAVES.finditer(text):
        if found["alone"] is not None or _AN_AMOUNT.search(found["what"]) is None:
            yield found.span("clause"), found.span("what")


def find_what_stays(text: str, known: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Finds "everything stays except …", where the exception is what the calls are about (``known`` stems): "leave
    everything but the plan". Such words are the order."""
    for found in _STAYS.finditer(text):
        if _AS_IT_IS.search(text, _find_opening(text, found.start()), found.end()) is None:
            continue
        rest = _CLAUSE.match(text, found.end())
        said = [word.casefold() for word, _, _ in split_runs(rest[0])] if rest is not None else []
        named = {stem(word) for word in said if word not in EMPTY}
        if named and named <= known:
            yield found.span()


def _find_opening(text: str, at: int) -> int:
    """Where the clause around an offset begins."""
    return max((each.end() for each in _ENDS.finditer(text, 0, at)), default=0)
