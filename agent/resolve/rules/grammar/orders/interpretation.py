"""Interpretation: what one action makes of a stretch of tokens, piece by piece, and which words remain."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import Argument, BelongsTo, Condition, Find, RecordArgument, Reference, StateIs
from registry.offers.offer import Offer
from registry.records import RecordKind


@dataclass(frozen=True, slots=True)
class Stretch:
    """Tokens ``first`` up to ``stop``.

    - ``sentence``: its number.
    - ``ordered``: it begins like an order or holds a verb of an action.
    - ``negated``: it forbids something.
    - ``corrects``: it takes back what comes before.
    - ``order``: the token at which the order begins.
    - ``befalls``: it only says what is to happen to something ("7 goes to Ada").
    """

    first: int
    stop: int
    sentence: int = 0
    ordered: bool = False
    negated: bool = False
    corrects: bool = False
    order: int = 0
    befalls: bool = False


SURE_VERB: Final = 0.9
"""How much a word tells of the action that can't be a part of a reason."""


@dataclass(frozen=True, slots=True)
class Piece:
    """An argument and its tokens, ``first`` up to ``last``."""

    first: int
    last: int
    argument: Argument
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Interpretation:
    """An order as calls of one action.

    ``calls`` are the arguments of each call. ``evidence`` (0 to about 1) is how surely the words mean the action.
    ``strange`` are content tokens that nothing explains. ``clash``: the action doesn't know the order's verb.
    """

    offer: Offer
    calls: tuple[Mapping[str, Argument], ...]
    covered: frozenset[int]
    evidence: float
    typed: int
    missing: tuple[str, ...]
    strange: tuple[int, ...]
    clash: bool
    score: float
    coded: bool = False
    """Whether an amount may as well be a record's number."""
    doubtful: bool = False
    handed: bool = False
    """Whether it is only told who is to do something, and no word names what is made of that."""
    unexplained: tuple[int, ...] = ()
    unread: tuple[tuple[int, int], ...] = ()
    """Stretches that tell which of many records are meant, and that can't be read."""
    telling: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()
    person: Find | None = None
    thing: Find | None = None
    spoken: Mapping[str, Find] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return not self.missing


def is_whose(one: Piece, other: Piece) -> bool:
    """Whether two neighbouring phrases are one record, its owner and itself: "refund Ada the last bill"."""
    whose = [says_whose(each) for each in (one, other)]
    return one.last == other.first and whose.count(True) == 1


def says_whose(piece: Piece) -> bool:
    """Whether a phrase only gives a record's owner."""
    return isinstance(piece.argument, RecordArgument) and tells_only(piece.argument.reference, BelongsTo)


def tells_only(find: Reference, condition: type[BelongsTo | StateIs]) -> bool:
    """Whether a reference only has one condition of a kind."""
    if not isinstance(find, Find) or find.said is not None or find.order is not None:
        return False
    return len(find.where) == 1 and isinstance(find.where[0], condition)


def add_owner(pieces: Sequence[Piece], nouns: Collection[int], owner: RecordKind | None) -> list[Piece]:
    """Reads a name beside a record's noun as the owner: "give Ada until May for order 7".

    ``nouns`` are the tokens at which phrases with a noun begin. ``owner`` is the kind that such records belong to.
    """
    finds = [each.argument.reference for each in pieces if isinstance(each.argument, RecordArgument)]
    named = [at for at, each in enumerate(pieces) if each.first in nouns]
    if owner is None or rate_person_likeness(owner) < 2 or len(named) != 1 or not len(pieces) == len(finds) == 2:
        return list(pieces)
    record, whose = finds[named[0]], finds[1 - named[0]]
    if not isinstance(record, Find) or not isinstance(whose, Find) or record.where or whose.where:
        return list(pieces)
    if whose.said is None or record.said is None or not re.fullmatch(r"[^\W\d_][^\d_]*", whose.said.text):
        return list(pieces)
    held = BelongsTo(owner=Find(record=owner.name, said=whose.said))
    argument = RecordArgument(reference=record.model_copy(update={"where": (held,)}))
    return [replace(pieces[named[0]], argument=argument)]


def drop_repeated(pieces: Sequence[Piece]) -> list[Piece]:
    """Drops phrases that a later one repeats in full: "Ada …, cancel her plan". Goes from the end, keeping each later
    meaning once."""
    kept: list[Piece] = []
    said: set[Find] = set()
    told: dict[str, set[frozenset[Condition]]] = {}
    for piece in reversed(pieces):
        find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
        if not isinstance(find, Find):
            kept.append(piece)
            continue
        own, where = find.model_copy(update={"pick": "one"}), frozenset(find.where)
        bare = find.said is None and find.order is None and bool(where)
        if own not in said and not (bare and any(where <= each for each in told.get(find.record, ()))):
            kept.append(piece)
        said.add(own)
        told.setdefault(find.record, set()).add(where)
    return kept[::-1]
