"""Statements that order: what somebody should or may do."""

from __future__ import annotations

from typing import Final

from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.reader import Reader

_BEFORE_VERB: Final = 4  # words


def may_do(reader: Reader, first: int, at: int) -> bool:
    """Whether somebody should or may do what a verb says: "her crew may sign in again"."""
    near = {reader.low(step) for step in range(max(first, at - _BEFORE_VERB), at)}
    return near.isdisjoint(lexicon.NOT) and not near.isdisjoint(lexicon.SHALL - {"can", "will"} | {"let"})
