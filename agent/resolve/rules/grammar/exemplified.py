"""Exemplified requests: what is said like an action's own example asks for that action."""

from __future__ import annotations

from collections.abc import Callable

from agent.pipeline import Proposed, Resolution
from agent.planning.proposal import PlanResult
from agent.resolve.rules.grammar.orders.examples import find_exemplified, find_named
from agent.resolve.rules.grammar.phrases.titles import Place, read_titles_as_names
from agent.resolve.rules.grammar.proposer import Proposer
from agent.resolve.rules.normalization import AlignedText
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

Made = Resolution | Proposed | None


def resolve_exemplified(
    read: AlignedText, shortlist: Shortlist, made: Made, read_anew: Callable[[Shortlist], Proposer]
) -> Made:
    """What a request means in which an action is asked for as in one of its examples. Otherwise what was ``made`` of
    it. Where names without capitals make it alike, that must have been nothing certain."""
    shown = find_exemplified(read.typed, shortlist)
    if shown is None:
        shown = find_exemplified(read.typed, shortlist, loosely=True)
        certain = isinstance(made, Proposed) and not made.instead
        if shown is None or (certain and not _calls_only(made, shown.name)):
            return made
    if _says_all(made, shown):
        return made
    only = Shortlist([shown], role=shortlist.role)
    chosen = read_anew(only).resolve(chosen=True)
    if _says_all(chosen, shown):
        return chosen
    named = read_anew(only)
    if places := _list_names(named, find_named(read.text, shown) or ()):
        read_titles_as_names(named.reader, places)
        told = named.resolve(chosen=True)
        chosen = told if chosen is None or _says_all(told, shown) else chosen
    return made if _calls_only(made, shown.name) and not _says_all(chosen, shown) else chosen or made


def _list_names(proposer: Proposer, places: list[Place] | tuple[()]) -> tuple[Place, ...]:
    """The tokens of the names that stand where an example has one: no days, and no owners, who are read anyway."""
    reader = proposer.reader
    made = [(reader.end_index(start), reader.end_index(end)) for start, end in places]
    return tuple(
        (first, last)
        for first, last in made
        if first < last and not any(at in reader.dated or reader.tokens[at].owns for at in range(first, last))
    )


def _calls_only(made: Made, name: str) -> bool:
    result = made.proposal.result if isinstance(made, Proposed) and not made.instead else None
    return isinstance(result, PlanResult) and all(call.action == name for call in result.calls)


def _says_all(made: Made, offer: Offer) -> bool:
    """Whether each call is of this action and has all that can't be derived."""
    if not isinstance(made, Proposed) or not _calls_only(made, offer.name):
        return False
    result = made.proposal.result
    assert isinstance(result, PlanResult)
    return not any(
        offer.list_missing([name for name in offer.required if name in call.arguments]) for call in result.calls
    )
