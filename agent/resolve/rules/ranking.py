"""Ranking: scores the offers for one part of a request, and checks that no order in it is missed.

An action that doesn't know the object of an order ("the database" of "erase the database") isn't meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

from agent.extract.references.vocabulary import match_noun
from agent.pipeline import Ask, Calls, Resolution, list_spans
from agent.resolve.resolver import CANDIDATES
from agent.resolve.rules.clauses import (
    Clause,
    begins_like_an_order,
    find_after_verb,
    find_subordinate_orders,
    gives_order,
    parse_clause,
    says_what,
    split_clauses,
)
from agent.resolve.rules.scoring import (
    ScoredOffer,
    is_lookup,
    list_kinds_said,
    measure_features,
    mentions_action,
    score_offers,
)
from agent.resolve.rules.slot_filling import fill_slots
from agent.validate.questions import ask_for_action
from language.stems import EMPTY, KIN, stem
from language.text import blank_quotations, read_text
from registry.offers.offer import Offer
from registry.offers.shortlist import Scored, Shortlist
from registry.records import RecordKind

_OBJECT: Final = re.compile(
    r"\s*(?:(?:me|us)\s+)?(?:(?:(?:all|every|each|any|both)\s+(?:of\s+)?)?(?:the|a|an|some|this|that|these|those|my|our|all|every|each)\b"
    r"|(?:[^\W\d_][\w’'-]*\s+){0,3}?[^\W\d_][\w-]*(?:['’]s|s['’])(?!\w))\s+(?P<words>[^\W\d_]+(?:\s+[^\W\d_]+)*)",
    re.IGNORECASE,
)


def list_named_objects(clause: Clause) -> list[tuple[str, int, int]]:
    """The words after the verb and its article or possessive, up to the first function word, with their offsets in the
    request."""
    start = find_after_verb(clause.text)
    found = _OBJECT.match(clause.text, start) if start is not None else None
    if found is None:
        return []
    made: list[tuple[str, int, int]] = []
    for word in re.finditer(r"[^\W\d_]+", found["words"]):
        if word[0].casefold() in EMPTY:
            break
        at = clause.start + found.start("words")
        made.append((word[0], at + word.start(), at + word.end()))
    return made


def is_foreign_object(
    clause: Clause,
    offer: Offer,
    spoken: frozenset[str],
    kinds: Sequence[RecordKind],
    spans: Sequence[tuple[int, int]],
    arguments: Collection[str],
    *,
    same_verb: bool,
) -> bool:
    """Whether the order is about something that this offer doesn't work on.

    That is so if the offer never mentions its words and uses them for no value. If the verb is only related, it is also
    so for a kind of record that no parameter refers to and that owns no named record. Never if no records are known,
    because the object may then be any words.
    """
    words = list_named_objects(clause) if kinds else []
    if not words or any(start < last and first < end for _, start, end in words for first, last in spans):
        return False
    own = {offer.annotation(name).record for name in offer.properties}
    used = any(offer.annotation(name).record for name in arguments)
    tokens = read_text(" ".join(word for word, _, _ in words)).tokens
    said = {kind.name for kind in kinds for index in range(len(tokens)) if match_noun(tokens, index, kind)}
    if said and not same_verb:
        named_too = {
            each for kind in kinds if used and kind.name in own for each in (part.kind for part in kind.relations)
        }
        return said.isdisjoint(own | named_too)
    stems = [stem(word) for word, _, _ in words]
    return not any(each in spoken or not spoken.isdisjoint(KIN.get(each, ())) for each in stems)


FILLED_AT_MOST: Final = 5
# If the likeliest action doesn't work on such things, another is proposed only if its verb is at least related.
KINDRED: Final = 0.8


def split_wishes(text: str) -> list[Clause]:
    """The wishes of a request. Each begins with an order and keeps the words that belong to it."""
    parts = split_clauses(text)
    starts = [part.start for part in parts if begins_like_an_order(part.text) or part.negated]
    if len(starts) < 2:
        return [parse_clause(text)]
    starts[0] = parts[0].start
    ends = [*(max(p.end for p in parts if p.start < start) for start in starts[1:]), parts[-1].end]
    return [parse_clause(text[start:end], start) for start, end in zip(starts, ends, strict=True)]


def rank_offers(clause: Clause, shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime) -> list[ScoredOffer]:
    """The offers scored for one clause, likeliest first."""
    # Quoted words are a value and say nothing about the action. They count only if nothing else does.
    found = shortlist.top(blank_quotations(clause.text), CANDIDATES) or shortlist.top(clause.text, CANDIDATES)
    if len(shortlist) <= CANDIDATES:
        names = {each.offer.name for each in found}
        found += [Scored(offer, 0.0) for offer in shortlist.offers if offer.name not in names]
    if not found:
        return []
    best, said = found[0].score, list_kinds_said(clause, kinds)
    candidates = []
    for each in found[:FILLED_AT_MOST]:
        filling = fill_slots(clause.text, clause.start, each.offer, kinds, now)
        candidates.append((each.offer, measure_features(clause, each, best, shortlist, filling, said), filling))
    return score_offers(candidates)


PART: Final = 0.5
"""Each part of a request that is taken apart must stand firmly on its own."""


def check_coverage(
    resolution: Resolution, parts: Sequence[Clause], shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime
) -> Resolution:
    """Accepts a call for the whole request only if no order in it is missed.

    "Refund it and send him flowers" is asked about if nothing sends flowers. So is a part that fits another action.
    Half an answer to a question does no harm.
    """
    if not isinstance(resolution, Calls) or (len(parts) < 2 and not find_subordinate_orders(parts)):
        return resolution
    draft = resolution.drafts[0]
    offer = shortlist.get(draft.action)
    assert offer is not None
    if is_lookup(offer, shortlist.called(offer.name)):
        return resolution
    used = [span for argument in draft.arguments.values() for span in list_spans(argument)]
    for part in (*parts, *find_subordinate_orders(parts)):
        taken = any(part.start < span.end and span.start < part.end for span in used)
        if part.negated is not None or not begins_like_an_order(part.text):
            continue
        other = rank_offers(part, shortlist, kinds, now)[:1] if len(parts) > 1 and says_what(part.text) else []
        unheard = gives_order(part.text, sure=taken) and not mentions_action(
            part, shortlist.called(draft.action), shortlist.spoken(draft.action)
        )
        if unheard or (other and other[0].offer.name != draft.action and other[0].probability >= PART):
            text = f"Nothing I may do does “{part.text}”. Should I do the rest?"
            if not unheard:
                text = f"You also wrote “{part.text}”, and I can't plan the two together. Should I do the rest?"
            return Ask(question=ask_for_action([offer], text), drafts=(draft,), stands=True)
    return resolution
