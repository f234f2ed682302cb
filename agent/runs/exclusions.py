"""Answers that say which of the offered records is not meant: “not Novak” leaves the others."""

from __future__ import annotations

import re
from typing import Final

from agent.pipeline import Candidate, Question

_NOT: Final = re.compile(
    r"\s*(?:no\W+)?(?:not|anyone but|any but|all but|nicht)\s+(?P<not>[^,;.]+?)\s*(?:[,;.]\s*(?P<but>.*?))?\s*$", re.I
)
_WORDS: Final = re.compile(r"\w+")


def excludes(question: Question, text: str) -> bool:
    """Whether an answer to a choice among records begins with whom it is not."""
    return question.code == "ambiguous" and _NOT.match(text) is not None


def find_remaining(question: Question, text: str) -> Candidate | None:
    """The one candidate that such an answer leaves, None where it leaves several, or takes none away."""
    found = _NOT.match(text)
    if found is None:
        return None
    if found["but"]:
        named = [each for each in question.candidates if _is_named(each, found["but"])]
        return named[0] if len(named) == 1 and not _is_named(named[0], found["not"]) else None
    left = [each for each in question.candidates if not _is_named(each, found["not"])]
    return left[0] if len(left) == 1 < len(question.candidates) else None


def _is_named(candidate: Candidate, words: str) -> bool:
    """Whether all the words stand in what the candidate is called."""
    said, label = (set(_WORDS.findall(each.casefold())) for each in (words, f"{candidate.label} {candidate.detail}"))
    return bool(said) and said <= label
