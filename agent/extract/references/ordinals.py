"""Which of several records: "last", "second biggest", "unpaid", "all of"."""

from __future__ import annotations

from collections.abc import Sequence

from agent.extract.references import vocabulary as lists
from agent.extract.references.cover import TokenCover
from agent.extract.references.postmodifiers import NEVER, state_at
from agent.extract.references.value import By
from language.text import singular
from registry.records import RecordKind, Side

Scalar = str | int | bool


def place(cover: TokenCover) -> tuple[int | None, By | None, bool, int | None]:
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


def states(
    cover: TokenCover, kind: RecordKind, noun: tuple[int, int] | None, first: int, stop: int
) -> tuple[dict[str, tuple[Scalar, ...]], dict[str, Side]]:
    """Field filters by the kind's state words, and fields by the side of now that its words for times put them on, of the tokens from
    ``first`` to ``stop``. A word that is a noun and a state ("leads") counts as both. What is said no to is the rest of the field's
    values."""
    made: dict[str, tuple[Scalar, ...]] = {}
    times: dict[str, Side] = {}
    index = first
    while index < stop:
        phrase, size = state_at(cover.tokens, index, kind)
        own = noun is not None and noun[0] <= index < noun[1]
        if not size or (any(cover.used[index : index + size]) and not own):
            index += 1
            continue
        negative = _negative(cover, index)
        for name, values in kind.states.get(phrase, {}).items():
            meant = _rest(kind, name, values) if negative else tuple(values)
            made[name] = _both(made.get(name), meant, listed=_listed(cover, index))
        if phrase in kind.times:
            name, side = kind.times[phrase]
            times[name] = ("future" if side == "past" else "past") if negative else side
        if not own:
            cover.take(index, index + size)
        index += size
    return made, times


def _both(one: tuple[Scalar, ...] | None, other: tuple[Scalar, ...], *, listed: bool) -> tuple[Scalar, ...]:
    """Two words about one field: what both allow ("unpaid, overdue"), or what either does ("qualified or in proposal")."""
    if one is None:
        return other
    shared = tuple(each for each in one if each in other)
    return shared or ((*one, *other) if listed else one)


def _listed(cover: TokenCover, index: int) -> bool:
    return any(token.low in ("and", "or", ",", "either", "nor") for token in cover.tokens[max(0, index - 3) : index])


def _negative(cover: TokenCover, index: int) -> bool:
    """Whether "not" or the like stands right before: "haven't been started"."""
    for step in range(1, 3):
        if index < step:
            return False
        low = cover.tokens[index - step].low
        if low in NEVER:
            cover.take(index - step, index)
            return True
        if low not in ("been", "yet", "be", "in", "the"):
            return False
    return False


def _rest(kind: RecordKind, name: str, values: Sequence[Scalar]) -> tuple[Scalar, ...]:
    """The field's other values, where it says what values it has; none at all where it doesn't."""
    field = kind.field_named(name)
    if field is not None and field.type == "boolean":
        return tuple(each for each in (True, False) if each not in values)
    return tuple(each for each in (field.values if field else ()) if each not in values)


def every(cover: TokenCover, kind: RecordKind, noun: tuple[int, int] | None, *, one: bool) -> bool:
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
