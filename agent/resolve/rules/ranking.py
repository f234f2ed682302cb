"""The offers weighed against one part of a request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from agent.resolve.resolver import CANDIDATES
from agent.resolve.rules.clauses import Clause, begins_like_an_order, parse_clause, split_clauses
from agent.resolve.rules.scoring import ScoredOffer, features, kinds_said, score
from agent.resolve.rules.slot_filling import fill_slots
from language.text import blank_quotations
from registry.offers.shortlist import Scored, Shortlist
from registry.records import RecordKind

FILLED_AT_MOST: Final = 5
# Where the likeliest action does not work on such things, another is only proposed if its verb is at least akin.
KINDRED: Final = 0.8


def segments(text: str) -> list[Clause]:
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
    best, said = found[0].score, kinds_said(clause, kinds)
    candidates = []
    for each in found[:FILLED_AT_MOST]:
        filling = fill_slots(clause.text, clause.start, each.offer, kinds, now)
        candidates.append((each.offer, features(clause, each, best, shortlist, filling, said), filling))
    return score(candidates)


def is_close_second(other: ScoredOffer, top: ScoredOffer) -> bool:
    """Whether another action does what was ordered too, by its own verb, with all that it needs, to the same kind of
    record: which of the two is meant is then told by the record's state."""
    named = {top.offer.annotation(name).record for name in top.offer.required} - {None}
    same = named <= {other.offer.annotation(name).record for name in other.offer.required}
    whole = not other.filling.missing and not other.marks["reads"]
    return bool(named) and same and whole and other.marks["verb"] >= KINDRED
