"""Questions about an action itself: "may I …", "who may …", "can … be undone"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal

from agent.planning.proposal import ActionAnswer
from language.stems import stem, stem_text
from registry.offers.shortlist import Shortlist

Asks = Literal["may I", "who may", "can it be undone", "is it confirmed", "how do I"]
_FORMS: Final[tuple[tuple[re.Pattern[str], Asks], ...]] = (
    (
        re.compile(
            r"^\W*(?:am\s+i\s+(?:allowed|able|permitted)\s+to|may\s+i|do\s+i\s+have\s+(?:the\s+)?(?:permission|right)s?\s+to)"
            r"\s+(?P<what>.{1,120})$",
            re.IGNORECASE | re.DOTALL,
        ),
        "may I",
    ),
    (
        re.compile(
            r"^\W*who(?:\s+else)?\s+(?:can|may|is\s+(?:allowed|able)\s+to)\s+(?P<what>.{1,120})$",
            re.IGNORECASE | re.DOTALL,
        ),
        "who may",
    ),
    (
        re.compile(
            r"^\W*(?:can|could)\s+(?:i\s+)?(?P<what>.{1,100}?)\s+be\s+(?:undone|reversed|taken\s+back|reverted)\W*$"
            r"|^\W*can\s+(?:i|you|we)\s+(?:undo|reverse|revert|take\s+back)\s+(?P<that>.{1,100})$",
            re.IGNORECASE | re.DOTALL,
        ),
        "can it be undone",
    ),
    (
        re.compile(
            r"^\W*how\s+(?:do|can|could|would)\s+(?:i|we|you)\s+(?P<what>[^?]{1,80})\?*\W*$"
            r"|^\W*how\s+to\s+(?P<that>[^?]{1,80})\?*\W*$",
            re.IGNORECASE | re.DOTALL,
        ),
        "how do I",
    ),
)


def action_asked(text: str, shortlist: Shortlist, means: Callable[[int, int], str | None]) -> ActionAnswer | None:
    """The action that is asked about; None where the words are no such question, or name no one action. ``means`` is
    the one action that words mean as an order, by their offsets."""
    for pattern, asks in _FORMS:
        found = pattern.match(text)
        if found is None:
            continue
        groups = found.groupdict()
        said = set(stem_text(groups.get("what") or groups.get("that") or ""))
        names = [*(offer.name for offer in shortlist.offers), *shortlist.others]
        parts = {name: [stem(part) for part in name.rpartition(".")[2].split("_")] for name in names}
        whole = [name for name in names if said.issuperset(parts[name])]
        verbs = [name for name in names if parts[name][0] in said]
        named = "what" if groups.get("what") else "that"
        meant = whole[0] if len(whole) == 1 else means(*found.span(named))
        meant = meant or (verbs[0] if len(verbs) == 1 else None)
        if meant is not None:
            return ActionAnswer(action=meant, asks=asks)
    return None
