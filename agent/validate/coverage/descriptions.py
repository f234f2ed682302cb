"""Descriptions: words that only describe something used.

They say who somebody is ("the new colleague, Ada"), what a deducted amount is for ("less 15 euros handling"), what a
value applies to ("the kidney food"), or that all of it is meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from agent.extract.spans.money import find_currency
from agent.pipeline import Request
from agent.planning.proposal import (
    Argument,
    Computed,
    ComputedArgument,
    Except,
    Find,
    Number,
    Proposal,
    QuotedText,
    TypedValue,
)
from agent.planning.quotes import find_places, walk
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.modifiers import RATE, SHARE
from agent.validate.coverage.weighty_patterns import Place
from agent.validate.questions import list_members
from language import sparing
from language.denials import DENIED_CLAUSE
from language.stems import EMPTY, name_stems, stem, stem_text
from registry.contract import Contract

_WORD_BEHIND: Final = re.compile(r"\s+(?P<word>[^\W\d_]+)")
_NOUNS: Final = re.compile(r"(?:\s+[^\W\d_]+){1,2}?(?=\s*(?:[,.;!?]|$|\b(?:of|from|off|for)\b))")
_ONE_NOUN: Final = re.compile(
    r"\s+(?P<noun>[^\W\d_]+)(?=\s*(?:[,.;!?]|$|\b(?:for|from|as|because|since|please)\b))", re.IGNORECASE
)
_DETERMINED: Final = re.compile(r"(?<!\w)(?:the|an?|my|our|his|her|their)\s+(?:[^\W\d_]+\s+)?$", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"(?<!\w)(?:other|another|same|second|third|next|last|first|old|former|previous|wrong)\s+$", re.IGNORECASE
)
_BEFORE_NAME: Final = re.compile(r"\s*,?\s*")
_ALL_OF_IT: Final = re.compile(r"\s+of\s+(?:it|that|this)\b\s*(?:[,.;!?]|$)", re.IGNORECASE)
_CALLED: Final = re.compile(
    r"(?:^|[,;.!?(–-]\s*|\b(?:and|with|as)\s+(?:an?\s+|the\s+)?)(?P<name>[^\W\d_]+):\s*$", re.IGNORECASE
)
_NONE_OF: Final = re.compile(r"(?:^|[,;.!?(]|\s[-–—]+|\b(?:and|but))\s*no\s+$", re.IGNORECASE)


def find_amount_names(proposal: Proposal, request: Request) -> Iterator[Place]:
    """The nouns after deducted amounts, which say what those are for."""
    taken_off = [node.b for node in walk(proposal.result) if isinstance(node, Computed) and node.op == "-"]
    for _, end in find_places([each for each in taken_off if isinstance(each, Number)], request):
        found = _NOUNS.match(request.text, end)
        words = found[0].split() if found is not None else []
        plain = all(each.islower() and each not in EMPTY and stem(each) not in patterns.UNITS for each in words)
        weighty = any(each.search(found[0]) for each in (patterns.PART, RATE, SHARE)) if found is not None else False
        if found is not None and plain and not weighty and not any(find_currency(each) for each in words):
            yield found.span()


def find_rest_of_names(names: Iterable[Place], told: Iterable[str], text: str) -> Iterator[Place]:
    """The words behind a quoted part of a record's name with which that name goes on: "(ada) lovelace". ``told`` are
    the names and texts of the plan's records."""
    whole = "\n".join(told).casefold()
    for start, end in names:
        while (following := _WORD_BEHIND.match(text, end)) is not None and is_said_in(
            text[start : following.end()].casefold(), whole
        ):
            end = following.end()
            yield following.span("word")


def is_said_in(words: str, whole: str) -> bool:
    """Whether words stand in a text, one behind the other."""
    joined = r"\W+".join(map(re.escape, words.split()))
    return re.search(rf"(?<!\w){joined}(?!\w)", whole) is not None


def find_sparing_verbs(proposal: Proposal, request: Request) -> Iterator[Place]:
    """The verbs right before what an exception names, and what belongs to them: "but keep Ada's", "leave 7 alone"."""
    for start, end in find_places([each for each in walk(proposal.result) if isinstance(each, Except)], request):
        if (found := patterns.search_before(sparing.SPARES, request.text, start)) is not None:
            alone = sparing.ALONE.match(request.text, end)
            yield from (found.span("verb"), *((alone.span("alone"),) if alone is not None else ()))


def find_value_nouns(arguments: Iterable[tuple[Contract, str, Argument]], request: Request) -> Iterator[Place]:
    """The noun after a chosen list member with an article ("the kidney food"), all of the words that its contract has
    for it ("bank transfer"), and what a text is called in front of it ("note: …")."""
    for contract, name, argument in arguments:
        members = list_members(contract.properties.get(name) or {})
        if isinstance(argument, QuotedText | TypedValue) and not members:
            own = {*name_stems(name), *stem_text(contract.annotation(name).label or "")}
            called = (patterns.search_before(_CALLED, request.text, at) for at, _ in find_places(argument, request))
            yield from (
                each.span("name") for each in called if each is not None and stem(each["name"].casefold()) in own
            )
        if not isinstance(argument, TypedValue) or argument.value not in members:
            continue
        for start, end in find_places(argument, request):
            noun = _ONE_NOUN.match(request.text, end)
            determined = patterns.search_before(_DETERMINED, request.text, start)
            if noun is not None and noun["noun"].islower() and determined:
                yield noun.span("noun")
            for words in contract.annotation(name).words.get(str(argument.value), ()):  # "by (bank) transfer"
                for whole in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", request.text, re.IGNORECASE):
                    if whole.start() < end and start < whole.end():
                        yield whole.span()


def describes_name(text: str, place: Place, names: Collection[Place]) -> bool:
    """Whether the words are a plain description with an article, right before the described name."""
    start, end = place
    begins = any(end <= first and _BEFORE_NAME.fullmatch(text, end, first) for first, _ in names)
    told = text[start:end]
    if DENIED_CLAUSE.match(told):  # "the ones that don't concern Ada"
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


def denies_other_action(text: str, place: Place, others: frozenset[str]) -> bool:
    """Whether the left-over words are another action's name after a "no": "…, no credit"."""
    words = [stem(each.casefold()) for each in re.findall(r"[^\W\d_]+", text[slice(*place)])]
    words = words[1:] if words[:1] == ["no"] else words
    start = place[0] + 3 if text[slice(*place)].casefold().startswith("no ") else place[0]
    closes = re.match(r"\s*(?:[,.;!?)]|$)", text[place[1] :]) is not None
    return (
        bool(words)
        and closes
        and patterns.search_before(_NONE_OF, text, start) is not None
        and others.issuperset(words)
    )
