"""Reader of API orders: which actions an order means, with the words for each parameter.

An imported platform has hundreds of actions that differ only in a noun, and its records have single unknown words as
names. So an order is split by its own grammar: verb, object, prepositions. An action fits if every part has a place in
it. Live data tells whose record a bare name is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from agent.pipeline import Proposed
from agent.planning.proposal import (
    AnswerResult,
    Argument,
    Call,
    Find,
    PlanResult,
    Proposal,
    QuotedText,
    RecordArgument,
    RecordsAnswer,
)
from agent.resolve.rules.api_orders.matching import Match, Matcher
from agent.resolve.rules.api_orders.parameters import Order
from agent.resolve.rules.api_orders.words import (
    DETERMINERS,
    MOST_TOKENS,
    POLITE,
    PREPOSITIONS,
    SHOWING,
    Token,
    find_verbs,
    may_mean,
    read_tokens,
    read_verb,
    split_parts,
)
from language.stems import READING, stem
from language.text import singularize, word_set
from registry.contract import Risk
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

_LISTS: Final = re.compile(r", |\s(?:and|&)\s", re.I)
MOST_ORDERS: Final = 4
MOST_LISTED: Final = 12
MOST_ALIKE: Final = 12
"""So many actions are tried on live data."""
_WAYS: Final = frozenset(map(stem, ("name", "id", "key", "slug")))
CLOSE: Final = 0.75
"""How much less than the best one another action may fit to be tried as well."""
FITS: Final = 6.0
_AT_ONCE: Final = word_set("now please immediately asap thanks thank you")
_NOT_PLAIN: Final = word_set(
    "if unless when once until while not don't never without except but every each all any both either or instead "
    "because again them it those these him her "
    "tomorrow today tonight yesterday later soon next monday tuesday wednesday thursday friday saturday sunday"
)
"""Conditions, groups, what was spoken of, and times: an order with any of these is not plain."""


def read_api_order(text: str, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Proposed | None:
    """The plan of an order, with the alternatives that its words express. None if it is no plain order, or no action
    has a place for each part."""
    tokens = read_tokens(text)
    while tokens and tokens[0].low in POLITE and not tokens[0].quoted:
        tokens = tokens[1:]
    while tokens and tokens[-1].low in _AT_ONCE and not tokens[-1].quoted:
        tokens = tokens[:-1]
    if not 1 < len(tokens) <= MOST_TOKENS or text.rstrip().endswith("?"):
        return None
    by_name = {kind.name: kind for kind in kinds}
    if (shown := _read_listing(tokens, by_name)) is not None:
        return shown
    if any(each.low in _NOT_PLAIN and not each.quoted for each in tokens):
        return None
    if joined := _read_joined(text, tokens, shortlist, by_name):
        plans = [_make_plan(each) for each in joined]
        return Proposed(proposal=plans[0], instead=tuple(plans[1:]))
    matches = _find_matches(text, tokens, shortlist, by_name)
    if _find_shared_head(tokens, by_name):  # "create members Ana and Bo": nobody is called Ana and Bo
        matches = [each for each in matches if not any(map(_lists, each.arguments.values()))]
    if matches:
        plans = [_make_plan([each]) for each in matches]
        return Proposed(proposal=plans[0], instead=tuple(plans[1:]))
    return None


def _make_plan(matches: Sequence[Match]) -> Proposal:
    calls = tuple(Call(action=each.offer.name, arguments=dict(each.arguments)) for each in matches)
    return Proposal(result=PlanResult(calls=calls))


def _find_matches(
    text: str, tokens: Sequence[Token], shortlist: Shortlist, kinds: Mapping[str, RecordKind]
) -> list[Match]:
    """The actions that an order fits about equally well, best first."""
    read = read_verb(tokens)
    if read is None:
        return []
    said, verb, rest = read
    made: dict[str, list[Match]] = {}
    changes = [offer for offer in shortlist.offers if offer.risk is not Risk.READ]
    nouns = frozenset[str]().union(*(find_verbs(offer).called for offer in changes))
    meant = [offer for offer in changes if may_mean(offer, said)]
    for parts in split_parts(rest) if meant else ():
        order = Order(text, said, verb, parts)
        for offer in meant:
            found = Matcher(order, offer, kinds, nouns).matches()
            if found and (offer.name not in made or found[0].score > made[offer.name][0].score):
                made[offer.name] = found
    every = (each for some in made.values() for each in some)
    ranked = sorted(every, key=lambda each: (-each.score, -_count_records(each), each.offer.name))
    best = ranked[0] if ranked else None
    if best is None or best.score < FITS:
        return []
    if best.missing:
        return [best]
    near = [each for each in ranked if not each.missing and best.score - each.score < CLOSE]
    return list({_list_effects(each): each for each in reversed(near)}.values())[::-1][:MOST_ALIKE]


def _list_effects(match: Match) -> tuple[object, ...]:
    """What a match does. Two actions that do the same to the same record, by name and by id, are one."""
    if _count_records(match) > 1:
        return match.offer.name, str(match.arguments)
    called = find_verbs(match.offer).called - _WAYS
    return match.offer.risk, called, frozenset(map(_find_words, match.arguments.values()))


def _find_words(argument: Argument) -> str:
    """The words that an argument was read from."""
    if isinstance(argument, RecordArgument) and isinstance(argument.reference, Find):
        find = argument.reference
        return str(find.said.text if find.said is not None and not find.where else find)
    return argument.quote.text if isinstance(argument, QuotedText) else str(argument)


def _lists(argument: Argument) -> bool:
    """Whether words that were taken for one name list several."""
    return isinstance(argument, QuotedText) and bool(_LISTS.search(argument.quote.text))


def _reaches_on(argument: Argument) -> bool:
    """Whether a name of a list goes on with what the whole list is for: "Bo to the group"."""
    return isinstance(argument, QuotedText) and not PREPOSITIONS.isdisjoint(argument.quote.text.casefold().split())


def _count_records(match: Match) -> int:
    return sum(isinstance(each, RecordArgument) for each in match.arguments.values())


def _read_joined(
    text: str, tokens: Sequence[Token], shortlist: Shortlist, kinds: Mapping[str, RecordKind]
) -> list[list[Match]]:
    """Reads several orders joined by "and". An order without a verb takes the one before, and with it a noun that
    speaks of several ("create members Ana and Bo"): all of these mean one action. If each may mean the same few
    actions, live data tells whose records are named, and again all mean one."""
    shared = _find_shared_head(tokens, kinds)
    pieces = list(_cut_list(text, tokens, at_commas=bool(shared)))
    if not 1 < len(pieces) <= (MOST_LISTED if shared else MOST_ORDERS):
        return []
    made: list[list[Match]] = []
    head: Sequence[Token] = ()
    for piece in pieces:
        found = _find_matches(text, piece, shortlist, kinds)
        for taken in (shared, head[:1]):
            if not found and head and taken:
                found = _find_matches(text, (*taken, *piece), shortlist, kinds)
        if shared:
            found = [each for each in found if not any(map(_reaches_on, each.arguments.values()))]
        if not found or any(each.missing for each in found):
            return []
        head = piece if not head or len(piece) > 1 else head
        made.append(found)
    if all(len(found) == 1 for found in made) and not shared:
        return [[found[0] for found in made]]
    alike = [[each for found in made for each in found if each.offer is first.offer] for first in made[0]]
    return [each for each in alike if len(each) == len(made)]


def _find_shared_head(tokens: Sequence[Token], kinds: Mapping[str, RecordKind]) -> Sequence[Token]:
    """A verb and the noun of several records that names follow, or nothing: "create the members" of "create the members
    Ana and Bo"."""
    at = 1
    while at < len(tokens) and tokens[at].low in DETERMINERS and not tokens[at].quoted:
        at += 1
    for noun in (noun.casefold().split() for kind in kinds.values() for noun in kind.nouns):
        several = noun[-1] != singularize(noun[-1]) and [each.low for each in tokens[at : at + len(noun)]] == noun
        end = at + len(noun)
        if several and end < len(tokens) and (tokens[end].quoted or tokens[end].low not in PREPOSITIONS):
            return tokens[:end]
    return ()


def _cut_list(text: str, tokens: Sequence[Token], *, at_commas: bool) -> Iterator[Sequence[Token]]:
    first = 0
    for at, each in enumerate(tokens):
        if each.low in ("and", "&") and not each.quoted:
            if at > first or not at_commas:
                yield tokens[first:at]
            first = at + 1
        elif at_commas and text[each.end : each.end + 2].lstrip("\"'”’")[:1] == "," and at + 1 < len(tokens):
            yield tokens[first : at + 1]
            first = at + 1
    yield tokens[first:]


def _read_listing(tokens: Sequence[Token], kinds: Mapping[str, RecordKind]) -> Proposed | None:
    """Lists records: "show all pools", "list the users of Acme"."""
    if tokens[0].quoted or stem(tokens[0].low) not in SHOWING:
        return None
    rest = [each for each in tokens[1:] if each.low not in ("me", "us")]
    while rest and (rest[0].low in DETERMINERS or rest[0].low in ("all", "every")):
        rest = rest[1:]
    low = [each.low for each in rest]
    for kind in kinds.values():
        for noun in kind.nouns:
            if low == noun.casefold().split():
                find = Find(record=kind.name, pick="all")
                return Proposed(proposal=Proposal(result=AnswerResult(answer=RecordsAnswer(records=find))))
    return None


def shows(text: str) -> bool:
    """Whether an order is to show something."""
    read = _read_first_verb(text)
    return read is not None and stem(read[0][0]) in SHOWING


def _read_first_verb(text: str) -> tuple[tuple[str, ...], tuple[Token, ...], tuple[Token, ...]] | None:
    tokens = read_tokens(text)
    while tokens and tokens[0].low in POLITE:
        tokens = tokens[1:]
    return read_verb(tokens)


def is_told(text: str, offer: Offer) -> bool:
    """Whether the verb of an order means any action."""
    read = _read_first_verb(text)
    if read is None or find_verbs(offer).rate(read[0]) > 0:
        return True
    return offer.risk is Risk.READ and stem(read[0][0]) in READING
