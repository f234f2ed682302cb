"""Unused words: words left over once a plan is built, shown on its card.

A resolver may ignore "half", "and 1050" or a name, and the person must see it. Unused words never stop a plan. They
make it wait, whatever the contract's policy, and the card quotes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from agent.extract.spans.politeness import strip_politeness
from agent.pipeline import Draft, PromptSource, RecordSource, Request, Span, Step, list_spans
from agent.validate.coverage.weighty_patterns import cover, search_before
from language import quotes
from language.stems import EMPTY, KIN, find_goals, makes_anew, name_stems, split_runs, stem, stem_text
from language.text import read_text
from registry.contract import Contract
from registry.records import RecordKind

# Stop words in a search, but not in an order: how many, which ones, what is left out.
_TELLING_WORDS: Final = """
all each every both only same not no nor now today tomorrow yesterday over under above below without
"""
TELLING: Final = frozenset(_TELLING_WORDS.split())
# Said around any request: who speaks, politeness, urgency, and the particles of "give back" and "take off".
_AROUND_WORDS: Final = """
could would can please kindly asap thanks thank dear hi hello hey again back away off ahead go get give let make do
put take run set due because since reason account money new now immediately right straight away urgent urgently
quickly soon today
"""
SAID_AROUND: Final = frozenset(_AROUND_WORDS.split())
# A unit or part beside a used number changes what the number means.
_MEASURE_WORDS: Final = """
second minute hour day week fortnight month year percent half third quarter double twice dozen hundred thousand
million k more extra additional another less fewer except but until till
"""
_MEASURES: Final = frozenset(_MEASURE_WORDS.split())
_NUMBER: Final = re.compile(r"\d")
_COST: Final = frozenset(map(stem, ("cost", "price")))
"""By which a price is told, whatever it is called: "it costs 5"."""
_PRICES: Final = frozenset(map(stem, ("price", "rate", "fee")))
# Joins a further wish to the one before: "… and Oskar's", "…, also INV-1052", "… as well as the one of Hugo Bernard".
_LITTLE: Final = (
    r"(?:(?:and|also|then|plus|the|a|an|of|for|from|by|to|his|her|its|their|our|my|that|those|ones?|both)\s+)*"
)
_JOINED: Final = re.compile(
    rf"(?:[,;&]|\b(?:and|plus|also|as\s+well\s+as|along\s+with|together\s+with)\b)\s*{_LITTLE}$", re.IGNORECASE
)
_AND: Final = re.compile(rf"\b(?:and|plus|as\s+well\s+as)\s+{_LITTLE}$", re.IGNORECASE)
_JOINS: Final = re.compile(r"(?:['’]s)?\s*(?:[,&]|\band\b|\bas\s+well\s+as\b)", re.IGNORECASE)
_TOLD: Final = 8
"""Most different leftover words that the card names."""
_NAMED: Final = re.compile(r"\d|(?<!\w)(?!I\b)[A-ZÀ-ÖØ-Þ]|(?<!\bit)(?<!\bthat)(?<!\blet)['’]s(?!\w)")


def find_unused_words(
    request: Request,
    drafts: Sequence[Draft],
    contracts: Sequence[Contract],
    steps: Sequence[Step],
    kinds: Iterable[RecordKind],
) -> tuple[Span, ...]:
    """The words of the request that no value came from and no contract is about. Neighbours are joined."""
    if request.given is not None:
        return ()
    claimed = [span for draft in drafts for argument in draft.arguments.values() for span in list_spans(argument)]
    sources = (filled.source for step in steps for filled in step.filled)
    claimed += (span for each in sources if isinstance(each, PromptSource | RecordSource) for span in each.spans)
    return find_left_over(request.text, claimed, collect_subject_stems(contracts, kinds))


def find_left_over(text: str, claimed: Iterable[Span], known: frozenset[str]) -> tuple[Span, ...]:
    """The content words of ``text`` outside ``claimed`` whose stems are not ``known``. Neighbours are joined."""
    taken = cover(text, ((span.start, span.end) for span in claimed if span.origin == 0))
    made: list[tuple[int, int]] = []
    for word, start, end in split_runs(strip_politeness(text)):
        if any(taken[start:end]):
            continue
        if not _tells(word, known):
            continue
        if made and not text[made[-1][1] : start].strip(" -"):
            made[-1] = (made[-1][0], end)
        else:
            made.append((start, end))
    return tuple(Span(start=start, end=end, text=text[start:end]) for start, end in made)


def find_joined(text: str, left: Sequence[Span]) -> tuple[Span, ...]:
    """The left-over words that a conjunction joins to understood ones. Half of a request is never done silently."""
    quoted = [(each.start, each.end) for each in quotes.find(read_text(text)) if each.kind == "quoted"]
    return tuple(
        span
        for span in left
        if not any(start <= span.start and span.end <= end for start, end in quoted)
        and (
            (search_before(_JOINED, text, span.start) is not None and _wish(text, span))
            or (_NAMED.search(span.text) is not None and _JOINS.match(text, span.end) is not None)
        )
    )


def _wish(text: str, span: Span) -> bool:
    """Whether the words name something, or are all that follows the conjunction."""
    if _NAMED.search(span.text) is not None:
        return True
    rest = text[span.end :].strip(" .!?")
    return search_before(_AND, text, span.start) is not None and (
        not rest or rest.casefold() in {"too", "as well", "please"}
    )


def quote_spans(spans: Sequence[Span]) -> str:
    """The reason shown on the card."""
    texts = list(dict.fromkeys(span.text for span in spans))
    words = ", ".join(f"‘{text}’" for text in texts[:_TOLD])
    more = f" and {len(texts) - _TOLD} more" if len(texts) > _TOLD else ""
    return f"Nothing is done about {words}{more}: check that the rest is what you mean."


def _tells(word: str, known: frozenset[str]) -> bool:
    low = word.casefold()
    if _NUMBER.search(low) or low in TELLING:
        return low not in known
    root = stem(low)
    if low in _MEASURES or root in _MEASURES:
        return True
    if low in EMPTY or low in SAID_AROUND or len(low) == 1:
        return False
    return root not in known and not KIN.get(root, frozenset()) & known


def collect_own_stems(contracts: Sequence[Contract], kinds: Iterable[RecordKind]) -> frozenset[str]:
    """Stems of what these actions are called: names, titles, aliases, labels, and the nouns and states of the kinds
    they refer to. Descriptions are left out, because they hold half of the language, but for where something new is
    put."""
    made: set[str] = set()
    for contract in contracts:
        made.update(name_stems(contract.name.rpartition(".")[2]))
        for text in (contract.title, *contract.aliases):
            made.update(stem_text(text))
        made |= find_goals(contract.description) if makes_anew(contract.title) else frozenset()
        for name in contract.properties:
            made.update((*name_stems(name), *stem_text(contract.annotation(name).label or "")))
            made.update(stem_text(" ".join(_members(contract.properties[name]))))
    made |= list_price_words(contracts, kinds)
    nouns = {
        stem(word) for kind in list_referred_kinds(contracts, kinds) for noun in kind.nouns for word in noun.split()
    }
    states = {stem(state) for kind in list_referred_kinds(contracts, kinds) for state in kind.states}
    kin = {root for kind in list_referred_kinds(contracts, kinds) for root in KIN.get(stem(kind.name), ())}
    return frozenset(made | states | nouns | kin)


def list_price_words(contracts: Sequence[Contract], kinds: Iterable[RecordKind]) -> frozenset[str]:
    """The stems by which the price is told that one of these actions sets, but for those of another amount that its
    records have as well."""
    priced = {
        each
        for contract in contracts
        for name in contract.properties
        if contract.annotation(name).replaces is not None
        for each in name_stems(name)
    }
    if _PRICES.isdisjoint(priced):
        return frozenset()
    held = {
        each
        for kind in list_referred_kinds(contracts, kinds)
        for field in kind.fields
        for each in name_stems(field.name)
    }
    return _COST - (held - priced)


def list_referred_kinds(contracts: Sequence[Contract], kinds: Iterable[RecordKind]) -> list[RecordKind]:
    """The record kinds that the actions refer to, and the kinds that those belong to."""
    kinds = tuple(kinds)
    named = {contract.annotation(name).record for contract in contracts for name in contract.properties}
    owners = {each.kind for kind in kinds if kind.name in named for each in kind.relations}
    return [kind for kind in kinds if kind.name in named or kind.name in owners]


def collect_subject_stems(contracts: Sequence[Contract], kinds: Iterable[RecordKind]) -> frozenset[str]:
    """Stems of what these actions are about: names, descriptions, parameters, closed lists, and the kinds they refer
    to. Examples are left out, because they quote other people's requests."""
    made: set[str] = set()
    for contract in contracts:
        made.update(name_stems(contract.name))
        for text in (contract.title, contract.description, *contract.aliases):
            made.update(stem_text(text))
        for name, schema in contract.properties.items():
            annotation = contract.annotation(name)
            made.update(name_stems(name))
            made.update(
                stem_text(" ".join((str(schema.get("description", "")), annotation.label or "", *_members(schema))))
            )
    for kind in list_referred_kinds(contracts, kinds):
        made.update(stem(word) for noun in kind.nouns for word in noun.split())
        made.update(stem(state) for state in kind.states)
    return frozenset(made)


def _members(schema: Any) -> list[str]:
    return [str(each) for each in schema.get("enum", ())] if isinstance(schema, dict) else []
