"""Channels: the ways to tell somebody something, by mail, phone or letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from language.stems import split_runs

# The ways to tell somebody something.
_CHANNELS: Final = (
    frozenset(("email", "e-mail", "mail")), frozenset(("phone", "call", "telephone", "ring")),
    frozenset(("text", "sms")), frozenset(("whatsapp",)), frozenset(("letter", "post", "fax")),
)  # fmt: skip
_BY_CHANNEL: Final = re.compile(
    r"(?:^\W*(?:please\s+|can\s+you\s+|and\s+)*|(?<!\w)(?:by|via|through|over\s+the|on\s+the|in|as\s+an?|an?)\s+)"
    r"(?P<channel>e-?mail|mail|phone|telephone|ring|sms|text(?=\s+message)|whatsapp|letter|post|fax|(?<=in\s)person)(?![\w@-])(?!\s+(?:to|from|is|was|has|keeps?|address)\b)",
    re.IGNORECASE,
)


def find_other_channels(order: str, words: str) -> Iterator[tuple[int, int]]:
    """Finds another way of telling than the one in an action's own words: "e-mail Ada" is no text message."""
    told = {run.casefold() for run, _, _ in split_runs(words)}
    own = [each for each in _CHANNELS if not told.isdisjoint(each)]
    for found in _BY_CHANNEL.finditer(order) if own else ():
        said = found["channel"].casefold()
        if not any(said in each for each in own):
            yield found.start() + len(found[0]) - len(found[0].lstrip()), found.end()
