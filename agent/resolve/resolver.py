"""Resolver port: a request and a closed set of offers in, a resolution out."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol, runtime_checkable

from agent.pipeline import Request, Resolved
from agent.planning.proposal import Proposal
from agent.resolve.rules.clauses import split_clauses
from core.errors import ModelMisbehaved, ModelUnavailable
from registry.offers.shortlist import Scored, Shortlist
from registry.records import RecordKind

CANDIDATES: Final = 8
NOTHING_FITS: Final = "No registered action speaks of this."
NOTHING_OPEN: Final = "No action is open to you here: none is registered for your role."
OFFLINE: Final = "offline"
"""Name of the resolver that reads by rules, without a model."""
MODEL: Final = "model"
"""Name of a resolver that asks a model, which reads an answer together with the request that led to the question."""


class Resolver(Protocol):
    """Resolver port: chooses among the offers, without any live data.

    It answers with drafts, abstains, or asks. A draft's action is one of the shortlist's names. Its arguments are words
    of the request or members of a closed list. Raises core.errors.ModelUnavailable or ModelMisbehaved. A resolver
    without a model raises nothing.
    """

    name: str

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        """Resolves a request. ``shortlist`` holds everything that this actor may do on this surface. The resolver
        narrows it down itself."""
        ...


@dataclass(frozen=True, slots=True)
class PieceQuestion:
    """Pieces of a request that a proposal ignores, with what is needed to judge them.

    ``stands`` is true if the plan stands unless a piece changes something. Otherwise the plan stands only if no piece
    does.
    """

    request: Request
    proposal: Proposal
    shortlist: Shortlist
    kinds: Sequence[RecordKind]
    pieces: Sequence[str]
    stands: bool = False


@runtime_checkable
class SecondReader(Protocol):
    """A resolver that can be asked again about pieces of a request that its proposal ignores."""

    async def read_again(self, question: PieceQuestion) -> Resolved | None:
        """The proposal with the harmless pieces as asides. If the plan ``stands``, also with the pieces that change
        something as left over.

        None if the model can't be asked. Raises core.errors.ModelUnavailable or ModelMisbehaved.
        """
        ...


def choose_candidates(request: Request, shortlist: Shortlist, k: int = CANDIDATES) -> tuple[Scored, ...]:
    """The offers to consider, best first: the best ``k`` for the whole text, and the best for each of several clauses.

    Small registries are offered whole, sorted by fit, with offers that share no word with the text last. An answer to
    "which action?" puts that action first.
    """
    best: dict[str, Scored] = {}
    said = " ".join((request.text, *(answer.text for answer in request.answers if answer.text)))
    whole = shortlist.top(said, k)
    for each in whole:
        best[each.offer.name] = each
    parts = split_clauses(request.text)
    if len(parts) > 1:
        for part in parts:
            for each in shortlist.top(part.text, max(2, k // len(parts))):
                best.setdefault(each.offer.name, each)
    if len(shortlist) <= k:
        for offer in shortlist.offers:
            best.setdefault(offer.name, Scored(offer, 0.0))
    chosen = find_chosen_action(request, shortlist)
    picked = shortlist.get(chosen) if chosen is not None else None
    if picked is None:
        return tuple(best.values())
    return (best.pop(picked.name, Scored(picked, 0.0)), *best.values())


def find_chosen_action(request: Request, shortlist: Shortlist) -> str | None:
    """The action that the person chose when asked which one was meant, if it is offered."""
    for answer in reversed(request.answers):
        if answer.slot == "action" and answer.choice is not None and answer.choice in shortlist:
            return answer.choice
    return None


log = logging.getLogger(__name__)


class FallbackResolver:
    """Fallback: asks ``first``, or ``second`` if that is unavailable or misbehaves. Raises what ``second`` raises."""

    def __init__(self, first: Resolver, second: Resolver) -> None:
        self.first, self.second = first, second
        self.name = first.name

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        try:
            return await self.first.resolve(request, shortlist, kinds)
        except (ModelUnavailable, ModelMisbehaved) as error:
            log.warning("the model gave no usable answer: %s", error.code)
            resolved = await self.second.resolve(request, shortlist, kinds)
            note = f"{self.first.name} gave no usable answer ({error.code}: {error.detail}); resolved by {self.second.name}"  # noqa: E501
            notes = (*resolved.trace.notes, note)
            return resolved.model_copy(update={"trace": resolved.trace.model_copy(update={"notes": notes})})

    async def read_again(self, question: PieceQuestion) -> Resolved | None:
        if not isinstance(self.first, SecondReader):
            return None
        return await self.first.read_again(question)


class DeferredResolver:
    """Lazy initialization: makes its resolver at the first request. A server whose requests are read in other
    processes never does, and starts without what reads them."""

    def __init__(self, name: str, make: Callable[[], Resolver]) -> None:
        self.name = name
        self._made = cache(make)

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        return await self._made().resolve(request, shortlist, kinds)

    async def read_again(self, question: PieceQuestion) -> Resolved | None:
        made = self._made()
        return await made.read_again(question) if isinstance(made, SecondReader) else None
