"""Which of several records: "last", "second biggest", "unpaid", "all of"."""

from __future__ import annotations

import re

from agent.read.references import words as lists
from agent.read.references.cover import Cover
from agent.read.references.value import By
from agent.read.text import singular
from registry.records import RecordKind


def place(cover: Cover) -> tuple[int | None, By | None, bool, int | None]:
    low = [token.low for token in cover.tokens]
    position: int | None = None
    by: By | None = None
    descending = True
    count: int | None = None
    for length in (3, 2, 1):
        for index in range(len(low) - length + 1):
            phrase = " ".join(low[index : index + length])
            if position is not None or any(cover.used[index : index + length]) or phrase not in lists.PLACES:
                continue
            position, by, descending = lists.PLACES[phrase]
            if phrase in lists.ORDINALS and index + 1 < len(low):
                follows = low[index + 1]
                if follows in lists.PLACES and follows not in lists.ORDINALS:
                    rank = lists.ORDINALS[phrase]
                    sign, by, descending = lists.PLACES[follows]
                    position = -rank if sign < 0 else rank
                    cover.take(index + 1, index + 2)
            cover.take(index, index + length)
    for index, token in enumerate(cover.tokens):
        near = {other.low for other in cover.tokens[max(0, index - 1) : index + 3]}
        if position is None or cover.used[index] or not near & set(lists.PLACES):
            continue
        number = lists.COUNTS.get(token.low) or (int(token.low) if token.low.isdigit() and len(token.low) < 4 else None)
        if number:
            count = number
            cover.take(index, index + 1)
            break
    return position, by, descending, count


def states(cover: Cover, kind: RecordKind) -> dict[str, tuple[str | int | bool, ...]]:
    made: dict[str, tuple[str | int | bool, ...]] = {}
    low = [token.low for token in cover.tokens]
    for phrase in sorted(kind.states, key=len, reverse=True):
        parts = re.split(r"[\s-]+", phrase.lower())
        for index in range(len(low)):
            for joined in {tuple(parts), ("-".join(parts),)}:
                stop = index + len(joined)
                if tuple(low[index:stop]) != joined or any(cover.used[index:stop]):
                    continue
                for name, values in kind.states[phrase].items():
                    made.setdefault(name, tuple(values))
                cover.take(index, stop)
    return made


def every(cover: Cover, kind: RecordKind, noun: tuple[int, int] | None, *, one: bool) -> bool:
    said = any(token.low in lists.EVERY and not used for token, used in zip(cover.tokens, cover.used, strict=True))
    for index, token in enumerate(cover.tokens):
        if token.low in lists.EVERY and not cover.used[index]:
            cover.take(index, index + 1)
    if one:
        return False
    if said:
        return True
    if noun is None:
        return False
    head = cover.tokens[noun[1] - 1]
    return not head.owns and head.low.endswith("s") and singular(head.low) != head.low and head.low not in {
        part for each in kind.nouns for part in each.lower().split() if singular(part) not in kind.nouns and part == each
    }  # fmt: skip
