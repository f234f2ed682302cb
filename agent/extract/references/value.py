"""Reference value: a record as it was said, by name, number, position, state, owner or pronoun."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from registry.records import Side

By = Literal["order", "size"]


@dataclass(frozen=True, slots=True)
class Reference:
    """How words point at one record (or several) of ``kind``.

    - Exact marks: ``number`` (a code or number as written, without "#"), ``email``.
    - Searches: ``name`` (words of a name), ``text`` (what it is about).
    - Choice among what is found: sort by the kind's ``order`` or ``size`` field (``by``), ``descending`` or not, and take the
      ``abs(position)``-th; 1 is "first", -1 "last", -2 "last but one"; with ``count``, that many from there on ("the last three").
      ``every`` is set by "all of …" and by bare plurals. ``states`` are field filters by the kind's state words ("unpaid").
    - ``whens`` are the words that say when it lies ("on December 13"), ``times`` fields on a side of now by the kind's own words, ``side``
      the side that "next" and "future" put it on.
    - ``marks`` tell it from its like ("T-shirt (blue, size: M)"): what a field is said to hold, with the field's name where it was said.
    - ``owner`` is what it belongs to.
    - ``pronoun``: the words are a pronoun ("him", "it", "that one"), to be resolved by what was spoken of; ``mine`` if that is the
      speaker ("my", "me").

    ``spans`` are the offsets, in the words given, of what was understood.
    """  # noqa: E501

    kind: str
    name: str | None = None
    number: str | None = None
    email: str | None = None
    text: str | None = None
    position: int | None = None
    by: By | None = None
    descending: bool = True
    count: int | None = None
    every: bool = False
    states: Mapping[str, tuple[str | int | bool, ...]] = field(default_factory=dict)
    whens: tuple[str, ...] = ()
    times: Mapping[str, Side] = field(default_factory=dict)
    side: Side | None = None
    marks: tuple[tuple[str, str], ...] = ()
    owner: Reference | None = None
    pronoun: bool = False
    mine: bool = False
    spans: tuple[tuple[int, int], ...] = ()

    @property
    def bare(self) -> bool:
        """Whether only the noun was said ("the invoice"). It then means a mentioned record, or must be asked about."""
        told = (self.name, self.number, self.email, self.text, self.position, self.states, self.owner, self.pronoun)
        return not any((*told, self.every, self.whens, self.times, self.side, self.marks))

    @property
    def dated(self) -> bool:
        """Whether it was said when it lies."""
        return bool(self.whens or self.times or self.side)

    @property
    def said(self) -> str | None:
        """The words or the number to search for."""
        return self.number or self.email or self.name or self.text


def move(made: Reference, shift: int) -> Reference:
    """The same with its spans (and its owner's) counted from the beginning of the whole text."""
    owner = move(made.owner, shift) if made.owner is not None else None
    return replace(made, owner=owner, spans=tuple((start + shift, end + shift) for start, end in made.spans))
