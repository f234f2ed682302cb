"""Answers that give no text where one was asked for: "no reason", and orders how it shall be worded."""

from __future__ import annotations

import re
from typing import Final

from agent.validate.questions import quote_words
from language.stems import stem_text

# "No reason", "none", "there isn't any", "without one": nothing is given.
_NONE: Final = re.compile(
    r"^\W*(?:no|none|nothing|n/?a|without|there\s+(?:is|are|isn['’]?t|aren['’]?t)\s*(?:no|any)?|"
    r"i\s+(?:have|haven['’]?t|don['’]?t\s+have)\s*(?:no|any|got)?)\b\s*(?:an?\s+|any\s+|particular\s+|special\s+)*"
    r"(?P<what>[^\W\d_]*)(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_ALONE: Final = frozenset({"none", "nothing", "no", "n/a", "na"})
# "Tell him that …, thank them": what shall be said, told to whoever words it.
_WORDING: Final = re.compile(
    r"^\W*(?:(?:please|just|simply|kindly|politely|and|then)\s+)*(?:"
    r"(?:tell|thank|ask|inform|remind|warn|congratulate|assure|reassure|let)\s+(?:him|her|them|the\s+\w+)\b|"
    r"(?:say|explain|apologi[sz]e|write|reply|respond|answer)\s+(?:to\s+)?(?:him|her|them|that|sorry|the\s+\w+)\b|"
    r"apologi[sz]e\b|say\s+(?:we|it|he|she|they|i)\b)",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"^\W*[\"“'‘].*[\"”'’]\W*$", re.DOTALL)


def find_no_text(label: str, name: str, words: str, *, composed: bool) -> str | None:
    """Why an answer is no text for the parameter that was asked for, as a sentence; None where it may be one.
    ``composed`` says that its contract lets a model word it, so that orders to whoever words it are to be expected."""
    if _gives_none(label, name, words):
        return f"{label} has to be given. What shall it be?"
    if composed and not _QUOTED.match(words) and _WORDING.match(words):
        return f"{quote_words(words)} tells what to write, and I can't word it here. Type the text itself."
    return None


def _gives_none(label: str, name: str, words: str) -> bool:
    found = _NONE.match(words)
    if found is None:
        return False
    if words.strip().strip(".!").casefold() in _ALONE:
        return True
    own = set(stem_text(f"{label} {name}".replace("_", " ")))
    return bool(found["what"]) and bool(own & set(stem_text(found["what"])))
