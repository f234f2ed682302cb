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
from language.wordnet import find_similar_stems

Place = tuple[int, int]

_LEAD: Final = r"\s*(?:(?:and|but|so|or|then|also|just|please|though|ok(?:ay)?)\s+)*"
# What opens a condition, an exception or a ban.
_OPENS: Final = re.compile(
    rf"{_LEAD}(?:if|unless|until|till?|once|as\s+soon\s+as|(?:as|so)\s+long\s+as|provided|assuming|in\s+case|whether"
    r"|except|without|instead|not|never|don['’]?t|do\s+not|otherwise|else)(?!\w)",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(r"\s*(?:when|while|after|before|from|until|till?|by|at|on|in)(?!\w)", re.IGNORECASE)
_SINCE: Final = re.compile(rf"{_LEAD}(?:because|cause|since|as|due\s+to|owing\s+to|thanks\s+to|on\s+account\s+of)\s", re.I)
# What is not meant, where something else was named: "the red one, not the blue one".
_CONTRAST: Final = re.compile(
    r"\s*(?:and\s+|but\s+)?not\s+(?!(?:yet|until|till|before|after|now|today|all|both|more|less|without|if|to)(?!\w))"
    r"(?:(?!(?:him|her|them|it|us|me|you|all|both|each|before|after|until|without)(?!\w))[\w'’-]+\s*){1,5}",
    re.IGNORECASE,
)
_CLOSES: Final = re.compile(r"\s*(?:$|[,;.!?\n])")
# What is owed, allowed or to come of somebody else may be a limit of the order.
_BINDS: Final = re.compile(
    r"(?<!\w)(?:must|shall|should|ought|might|let|(?:has|have|needs?)\s+to|(?:is|are)\s+to|will"
    r"|unless|until|except|provided|instead|if|only|each|per)(?!\w)|['’]ll(?!\w)",
    re.IGNORECASE,
)
_IS_ONLY: Final = re.compile(r"(?<!\w)(?:is|are|was|were|has|have|had)\s+only(?!\w)", re.IGNORECASE)
_OWN: Final = re.compile(r"(?<!\w)(?:I|we)(?:['’]ll|\s+(?:will|shall|should|have\s+to|must|might|only))(?!\w)", re.IGNORECASE)
_OBJECT: Final = re.compile(
    r"\s+(?:the|an?|this|that|these|those|my|our|his|her|their|its|him|it|them|out|off|up|back|away)(?!\w)", re.IGNORECASE
)
_STAYS: Final = re.compile(r"(?<!\w)(?:keeps?|stays?|remains?)(?!\w)", re.IGNORECASE)
_JOINT: Final = re.compile(r"[\s,]*(?:(?:and|but|so|or|then|plus)\s*)?", re.IGNORECASE)
_MODAL: Final = re.compile(r"(?<!\w)(?:would|could|can|can['’]?t|cannot|couldn['’]?t|wouldn['’]?t|won['’]?t)(?!\w)", re.IGNORECASE)
_PAST: Final = re.compile(rf"(?<!\w){patterns.PAST}(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ReadAsides:
    """Which letters of a request the resolver set aside, and which of them may stay so (``believed``)."""

    text: str
    said: bytearray
    believed: bytearray
    used: bytearray
    explained: bool
    """Whether the resolver says what its result does not express at all."""
    doubted: Sequence[Place]

    def holds(self, place: Place) -> bool:
        """Whether all the words of a place may stay aside, but for those that were used; or whether they only say what
        is not meant instead of what is."""
        contrast = _CONTRAST.match(self.text, place[0]) if self.explained else None
        if contrast is not None and place[1] <= contrast.end() and _CLOSES.match(self.text, contrast.end()):
            return not self.doubts(place)
        letters = [at for at in range(*place) if self.text[at].isalnum() and not self.used[at]]
        return bool(letters) and all(self.believed[at] for at in letters)

    def doubts(self, place: Place) -> bool:
        """Whether a place holds words that were set aside and may not stay so."""
        return any(self.said[at] and not self.believed[at] for at in range(*place))


def read_asides(request: Request, proposal: Proposal, taken: Sequence[Place], *, several: bool) -> ReadAsides:
    """``taken`` are the quotes that were used; ``several``: whether one reference of the proposal is to a set."""
    text = request.text
    used = patterns.cover(text, taken)
    said: list[Place] = []
    believed: list[Place] = []
    doubted: list[Place] = []
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
            if first >= last:
                continue
            goes_on = bool(believed) and _JOINT.fullmatch(text, believed[-1][1], first) is not None
            if _may_stay(text[first:last], each, within=ordering, goes_on=goes_on, several=several):
                believed.append((believed[-1][1] if goes_on else first, last))
            elif text[first:last].strip():
                doubted.append((first, last))
    return ReadAsides(text, aside, patterns.cover(text, believed), used, proposal.asides is not None, doubted)


def _may_stay(said: str, aside: Aside, *, within: bool, goes_on: bool, several: bool) -> bool:
    """``within``: whether the words stand in the clause of the order itself; ``goes_on``: whether they follow others
    that stay aside, in the same sentence; ``several``: whether the order is for a set, of which one may be left out."""
    if patterns.REGRETS.search(said):
        return True
    verbs = (FINITE.search(said), OWN_SUBJECT.search(said), _MODAL.search(said))
    finite = min((each.start() for each in verbs if each), default=None)
    past = _PAST.search(said)
    if within and aside.role != "manners" and (finite is None or _WHEN.match(said)):
        return _SINCE.match(said) is not None
    if finite is None and _CONTRAST.fullmatch(said):
        return True
    binds = _BINDS.search(_IS_ONLY.sub("", said)) is not None or (several and _STAYS.search(said) is not None)
    if _OPENS.match(said) or (binds and not (_OWN.search(said) or past)):
        return False
    counts = aside.role != "manners" or any(map(str.isdigit, said))
    numbered = finite is None and past is None and counts and any(not each.vague for each in numerals.find(read_text(said)))
    if numbered and not goes_on:
        return False
    clause = next(iter(split_clauses(said)), None)
    return clause is None or not _orders(clause, finite)


def _orders(clause: Clause, finite: int | None) -> bool:
    """Whether a clause begins with the verb of an order, or with a verb and what it is done to."""
    head = clause.head
    if head is None or head[0].casefold().endswith(("ed", "s")) or (finite is not None and head[1] > finite):
        return False
    root, behind = stem(plain_word(head[0])), clause.text[head[2] : clause.end]
    return root in ORDERS or (_OBJECT.match(behind) is not None and bool(find_similar_stems(root, verb=True)))
