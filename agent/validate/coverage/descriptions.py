"""Descriptions: words that only describe something used.

They say who somebody is ("the new colleague, Ada"), what a value applies to ("the kidney food"), or that all of it is
meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from agent.pipeline import Request
from agent.planning.proposal import Argument, ComputedArgument, Find, Proposal, TypedValue
from agent.planning.quotes import find_places, walk
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.weighty_patterns import Place
from agent.validate.questions import list_members
from registry.contract import Contract

_ONE_NOUN: Final = re.compile(
    r"\s+(?P<noun>[^\W\d_]+)(?=\s*(?:[,.;!?]|$|\b(?:for|from|as|because|since|please)\b))", re.IGNORECASE
)
_DETERMINED: Final = re.compile(r"(?<!\w)(?:the|an?|my|our|his|her|their)\s+(?:[^\W\d_]+\s+)?$", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"(?<!\w)(?:other|another|same|second|third|next|last|first|old|former|previous|wrong)\s+$", re.IGNORECASE
)
_BEFORE_NAME: Final = re.compile(r"\s*,?\s*")
_ALL_OF_IT: Final = re.compile(r"\s+of\s+(?:it|that|this)\b\s*(?:[,.;!?]|$)", re.IGNORECASE)


def find_value_nouns(arguments: Iterable[tuple[Contract, str, Argument]], request: Request) -> Iterator[Place]:
    """The noun after a chosen list member with an article: "the kidney food"."""
    for contract, name, argument in arguments:
        members = list_members(contract.properties.get(name) or {})
        if not isinstance(argument, TypedValue) or argument.value not in members:
            continue
        for start, end in find_places(argument, request):
            noun = _ONE_NOUN.match(request.text, end)
            determined = patterns.search_before(_DETERMINED, request.text, start)
            if noun is not None and noun["noun"].islower() and determined:
                yield noun.span("noun")


def describes_name(text: str, place: Place, names: Collection[Place]) -> bool:
    """Whether the words are a plain description with an article, right before the described name."""
    start, end = place
    begins = any(end <= first and _BEFORE_NAME.fullmatch(text, end, first) for first, _ in names)
    told = text[start:end]
    if patterns.DENIED_CLAUSE.match(told):  # "the ones that don't concern Ada"
        return False
    determined = patterns.search_before(_DETERMINED, text, start) or _DETERMINED.match(f"{told} ")
    return begins and told.islower() and determined is not None and not patterns.search_before(_OTHER, text, start)


def means_whole(text: str, place: Place, proposal: Proposal) -> bool:
    """Whether "all of it" only stresses that no part is meant. The calls then take no amount, and one record each."""
    if text[slice(*place)].casefold() != "all" or _ALL_OF_IT.match(text, place[1]) is None:
        return False
    nodes = list(walk(proposal.result))
    amounts = any(isinstance(node, ComputedArgument) for node in nodes)
    return not amounts and all(node.pick == "one" for node in nodes if isinstance(node, Find))
