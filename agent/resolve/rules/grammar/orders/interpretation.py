"""Interpretation: what one action makes of a stretch of tokens, piece by piece, and which words it leaves."""

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
    """Tokens ``first`` up to ``stop``. ``sentence`` counts the sentences, ``ordered`` says that it begins like an order
    or holds a verb of an action, ``negated`` that it says what shall not be done, ``corrects`` that it takes back what
    stands before it; ``order`` is the token at which the order itself begins, ``befalls`` that it only tells what shall
    become of something ("7 goes to Ada")."""

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
    """An argument and the tokens ``first`` up to ``last`` that say it."""

    first: int
    last: int
    argument: Argument
    sure: float = 1.0


@dataclass(frozen=True, slots=True)
class Interpretation:
    """Interpretation of an order as calls of one action. ``calls`` are the arguments of each call. ``evidence`` (0 to
    about 1) is how much the words tell of the action itself, ``strange`` are telling tokens that nothing explains,
    ``clash`` that an order was given which this action knows nothing of."""

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
    """Whether two phrases that touch are one record, whose it is and which: "refund Ada the last bill"."""
    whose = [_says_whose(each) for each in (one, other)]
    return one.last == other.first and whose.count(True) == 1


def _says_whose(piece: Piece) -> bool:
    """Whether a phrase says of a record only whose it is."""
    return isinstance(piece.argument, RecordArgument) and tells_only(piece.argument.reference, BelongsTo)


def tells_only(find: Reference, condition: type[BelongsTo | StateIs]) -> bool:
    """Whether a reference says of a record nothing but one condition of a kind."""
    if not isinstance(find, Find) or find.said is not None or find.order is not None:
        return False
    return len(find.where) == 1 and isinstance(find.where[0], condition)


def add_owner(pieces: Sequence[Piece], nouns: Collection[int], owner: RecordKind | None) -> list[Piece]:
    """Beside a record that its noun tells of, a name alone says whose it is: "give Ada until May for order 7".
    ``nouns`` are the tokens at which phrases with a noun begin, ``owner`` is what such records belong to."""
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
    """Without phrases that a later one says in full: "Ada …, cancel her plan". What later ones say is kept as they are
    gone through from the end, each only once."""
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
