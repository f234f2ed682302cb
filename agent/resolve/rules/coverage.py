"""Whether every order of a request is heard: what was passed over is asked about, never dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from agent.pipeline import Ask, Calls, Candidate, Question, Resolution, spans_of
from agent.resolve.rules.clauses import Clause, begins_like_an_order, besides, gives_order, says_what
from agent.resolve.rules.ranking import rank_offers
from agent.resolve.rules.scoring import is_lookup, mentions_action
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

PART: Final = 0.5
"""Each part of a request that is taken apart must stand firmly on its own."""


def check_coverage(
    resolution: Resolution, parts: Sequence[Clause], shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime
) -> Resolution:
    """A call for the whole request stands only if no order in it goes unheard: "refund it and send him flowers" is
    asked about where nothing sends flowers, and so is a part that another action fits. Half an answer to a question
    harms nobody."""
    if not isinstance(resolution, Calls) or (len(parts) < 2 and not besides(parts)):
        return resolution
    draft = resolution.drafts[0]
    offer = shortlist.get(draft.action)
    assert offer is not None
    if is_lookup(offer, shortlist.called(offer.name)):
        return resolution
    used = [span for argument in draft.arguments.values() for span in spans_of(argument)]
    for part in (*parts, *besides(parts)):
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
            candidate = Candidate(id=offer.name, label=offer.title or offer.name, detail=offer.description[:200])
            question = Question(slot="action", code="unclear_action", text=text, candidates=(candidate,))
            return Ask(question=question, drafts=(draft,), stands=True)
    return resolution
