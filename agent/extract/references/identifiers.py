"""Exact marks of one record: codes and numbers."""

from __future__ import annotations

import re

from agent.extract.references import vocabulary as lists
from agent.extract.references.cover import TokenCover
from agent.extract.references.nouns import code_of
from registry.records import RecordKind


def number(cover: TokenCover, noun: tuple[int, int] | None, kind: RecordKind) -> str | None:
    """A code or number that marks the record: after its noun, after "number", or a code anywhere. "3rd" and "3 invoices" are none."""
    for index, token in enumerate(cover.tokens):
        if cover.used[index] or not code_of(token.text, kind) or token.low in lists.ORDINALS:
            continue
        if re.fullmatch(r"\d+(?:st|nd|rd|th)", token.low):
            continue
        bare = token.text.isdigit()
        near = [other.low for other in cover.tokens[max(0, index - 2) : index]]
        after_noun = noun is not None and index >= noun[1]
        counted = bare and len(token.text) < 3 and noun is not None and index < noun[0]
        if counted or (
            bare and not after_noun and noun is not None and not any(word in lists.NUMBERED for word in near)
        ):
            continue
        first = index
        while (
            first > 0 and not cover.used[first - 1] and cover.tokens[first - 1].low in lists.NUMBERED | {":", "'", '"'}
        ):
            first -= 1
        cover.take(first, index + 1)
        return token.text.removeprefix("#")
    return None
