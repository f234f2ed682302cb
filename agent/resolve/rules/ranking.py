"""Ranking: the offers weighed against one part of a request, and whether every order in it was heard."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from agent.pipeline import Ask, Calls, Resolution, spans_of
from agent.resolve.resolver import CANDIDATES
from agent.resolve.rules.clauses import (
    Clause,
    begins_like_an_order,
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
from language.text import blank_quotations
from registry.offers.shortlist import Scored, Shortlist
from registry.records import RecordKind

FILLED_AT_MOST: Final = 5
# Where the likeliest action does not work on such things, another is only proposed if its verb is at least akin.
KINDRED: Final = 0.8


def split_wishes(text: str) -> list[Clause]:
    """The request's wishes: each begins with an order and keeps what is said along with it."""
    parts = split_clauses(text)
    starts = [part.start for part in parts if begins_like_an_order(part.text) or part.negated]
    if len(starts) < 2:
        return [parse_clause(text)]
    starts[0] = parts[0].start
    ends = [*(max(p.end for p in parts if p.start < start) for start in starts[1:]), parts[-1].end]
    return [parse_clause(text[start:end], start) for start, end in zip(starts, ends, strict=True)]


def rank_offers(clause: Clause, shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime) -> list[ScoredOffer]:
    """The offers weighed against one clause, likeliest first."""
    # What is quoted is a value, and says nothing of the action; where nothing else does, it still counts.
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
    """A call for the whole request stands only if no order in it goes unheard: "refund it and send him flowers" is
    asked about where nothing sends flowers, and so is a part that another action fits. Half an answer to a question
    harms nobody."""
    if not isinstance(resolution, Calls) or (len(parts) < 2 and not find_subordinate_orders(parts)):
        return resolution
    draft = resolution.drafts[0]
    offer = shortlist.get(draft.action)
    assert offer is not None
    if is_lookup(offer, shortlist.called(offer.name)):
        return resolution
    used = [span for argument in draft.arguments.values() for span in spans_of(argument)]
    for part in (*parts, *find_subordinate_orders(parts)):
        taken = any(part.start < span.end and span.start < part.end for span in used)
        if part.negated is not None or not begins_like_an_order(part.text):
            continue
        other = rank_offers(part, shortlist, kinds, now)[:1] if len(parts) > 1 and says_what(part.text) else []
        unheard = gives_order(part.text, sure=taken) and not mentions_action(
            part, shortlist.called(draft.action), shortlist.spoken(draft.action)
        )
        if unheard or (other and other[0].offer.name != draft.action and other[0].probability >= PART):
            text = f"Nothing I may do does “{part.text}”. Shall I do the rest?"
            if not unheard:
                text = f"You also wrote “{part.text}”, and I can't plan the two together. Shall I do the rest?"
            return Ask(question=ask_for_action([offer], text), drafts=(draft,), stands=True)
    return resolution
