"""Asides that the resolver read: words of which it says that they change nothing of the order.

A reading is no proof. It is taken for words whose form allows it, and shown on the card, which is then held. What reads
like an order, a limit or a condition, and what stands within the very clause of the order, is asked about whatever the
resolver says of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Request
from agent.planning.proposal import Aside, Proposal
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import plain_word
from agent.validate.coverage.clauses import Clause, split_clauses
from agent.validate.coverage.left_over import FINITE, OWN_SUBJECT
from language import numerals
from language.stems import ORDERS, stem
from language.text import read_text

Place = tuple[int, int]

_LEAD: Final = r"\s*(?:(?:and|but|so|or|then|also|just|please|though|ok(?:ay)?)\s+)*"
# What opens a condition, an exception or a ban.
_OPENS: Final = re.compile(
    rf"{_LEAD}(?:if|unless|until|till?|once|as\s+soon\s+as|(?:as|so)\s+long\s+as|provided|assuming|in\s+case|whether"
    r"|except|without|instead|not|never|don['’]?t|do\s+not|otherwise|else)(?!\w)",
    re.IGNORECASE,
)
_SINCE: Final = re.compile(rf"{_LEAD}(?:because|cause|since|as|due\s+to|owing\s+to|thanks\s+to|on\s+account\s+of)\s", re.I)
# What is owed, allowed or to come of somebody else may be a limit of the order.
_BINDS: Final = re.compile(
    r"(?<!\w)(?:must|shall|should|ought|might|let|(?:has|have|needs?)\s+to|(?:is|are)\s+to|will|keeps?|stays?|remains?"
    r"|unless|until|except|provided|instead|if|only|each|per)(?!\w)|['’]ll(?!\w)",
    re.IGNORECASE,
)
_OWN: Final = re.compile(r"(?<!\w)(?:I|we)(?:['’]ll|\s+(?:will|shall|should|have\s+to|must|might|only))(?!\w)", re.IGNORECASE)
_PAST: Final = re.compile(rf"(?<!\w){patterns.PAST}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadAsides:
    """Which letters of a request the resolver set aside, and which of them may stay so (``believed``)."""

    said: bytearray
    believed: bytearray

    def holds(self, place: Place, text: str) -> bool:
        """Whether all the words of a place may stay aside."""
        return all(self.believed[at] or not text[at].isalnum() for at in range(*place))

    def doubts(self, place: Place) -> bool:
        """Whether a place holds words that were set aside and may not stay so."""
        return any(self.said[at] and not self.believed[at] for at in range(*place))


def read_asides(request: Request, proposal: Proposal, taken: Sequence[Place]) -> ReadAsides:
    """``taken`` are the quotes that were used."""
    text = request.text
    used = patterns.cover(text, taken)
    said: list[Place] = []
    believed: list[Place] = []
    places = [
        (each, each.words.start, each.words.start + len(each.words.text))
        for each in proposal.asides or ()
        if each.words.origin == 0 and each.words.start is not None
    ]
    said = [(start, end) for _, start, end in places]
    aside = patterns.cover(text, said)
    for clause in split_clauses(text) if said else ():
        ordering = any(used[start] and not aside[start] for _, start, _ in clause.words)
        for each, start, end in places:
            first, last = max(start, clause.start), min(end, clause.end)
            if first < last and _may_stay(text[first:last], each, within=ordering):
                believed.append((first, last))
    return ReadAsides(aside, patterns.cover(text, believed))


def _may_stay(said: str, aside: Aside, *, within: bool) -> bool:
    """``within``: whether the words stand in the clause of the order itself."""
    if patterns.REGRETS.search(said):
        return True
    finite = min((each.start() for each in (FINITE.search(said), OWN_SUBJECT.search(said)) if each), default=None)
    past = _PAST.search(said)
    if within and finite is None and aside.role != "manners":
        return _SINCE.match(said) is not None
    if _OPENS.match(said) or (_BINDS.search(said) and not (_OWN.search(said) or past)):
        return False
    if finite is None and past is None and any(not each.vague for each in numerals.find(read_text(said))):
        return False
    clause = next(iter(split_clauses(said)), None)
    return clause is None or not _orders(clause, finite)


def _orders(clause: Clause, finite: int | None) -> bool:
    """Whether a clause begins with the verb of an order."""
    head = clause.head
    if head is None or stem(plain_word(head[0])) not in ORDERS or head[0].casefold().endswith(("ed", "s")):
        return False
    return finite is None or head[1] - clause.start < finite
