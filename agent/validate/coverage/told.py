"""Told: what a request tells around an order to plain functions, and what only narrows what they find.

Only where no record is looked up: there a day or a number may single one out, whatever clause it stands in. What is
told is no order, but never passed over either: the card names it, and waits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.pipeline import Request, Span
from agent.planning.proposal import Call, Find, Handle, Proposal, QuotedText, TypedValue
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.proposal_quotes import find_places, walk
from agent.validate.questions import list_members
from agent.validate.slots import Parameter, Read, VerifiedSpan, from_words
from language.stems import AGAIN, ORDER_WORDS, ORDERS, READING_WORDS, name_stems, stem_text
from registry.contract import Contract

Place = tuple[int, int]
MOST_WORDS: Final = 6
"""In words that narrow what is found."""

# Who did or is doing something: a person in the present that goes on, anything in the past.
_PERSON: Final = r"(?:I|we|he|she|they|(?:my|our|his|her|their)\s+\w+(?:\s+(?-i:[A-Z]\w+))?)"
_THING: Final = rf"(?:{_PERSON}|it|this|that|there|(?:the|an?)\s+\w+(?:\s+\w+)?)"
_PAST: Final = r"(?:was|were|had|did|got|went|came|said|told|wrote|sent|paid|bought|made|took|saw|heard|\w{2,}(?<!e)ed)"
_TELLS: Final = re.compile(
    rf"\s*(?:(?:and|but|because|since|as|so|which|however)\b,?\s*)*"
    rf"(?:{_PERSON}\s*(?:['’](?:m|re|s)|\s(?:am|is|are))\s+(?:\w+ly\s+)?\w+ing\b|{_THING}\s+(?:\w+ly\s+)?{_PAST}\b)",
    re.IGNORECASE,
)
_STATES: Final = re.compile(
    r"\W*(?:I|you|he|she|it|we|they|this|that|these|those|there|the|an?|my|our|his|her|their)\b", re.I
)
# A wish is an order, in whatever tense it stands: "I was hoping for 8 o'clock". So is what somebody said or agreed on.
_WISHES: Final = re.compile(
    r"\b(?:want|need|wish|hop|prefer|like|love|should|must|shall|would|could|please|let|ask|look|try|plan|think|mean|expect"
    r"|intend|suppos|promis|agree|mention|say|tell|writ|book|order)(?:s|ed|ing|e|d|ning|ten)?\b"
    r"|\b(?:said|told|wrote|meant|thought|tried|instead|only|not|never)\b|['’]d\b|n['’]t\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Told:
    """Judges stretches of one request. ``taken`` are the quotes that were used, ``others`` what else was passed over: a
    clause that holds such is no mere story."""

    text: str
    proposal: Proposal
    contracts: Sequence[Contract]
    taken: Sequence[Place]
    others: Collection[Place]
    now: datetime

    def is_story(self, start: int, end: int) -> bool:
        """Whether a day or number only dates or counts what is told of: a clause of its own, without a wish and without
        anything that was used, where no argument that is still open could take it."""
        first, last = self._clause(start, end)
        if _looks_up(self.proposal, self.contracts) or _TELLS.match(self.text, first, last) is None:
            return False
        used = any(begin < last and first < stop for begin, stop in (*self.taken, *self.others))
        return not used and _WISHES.search(self.text, first, last) is None and not self._could_take(start, end)

    def is_narrowing(self, start: int, end: int) -> bool:
        """Whether words that the model itself leaves over only narrow what is found, in calls that do nothing but find
        and that take something else of the request: a few words, no order and no name. Without them more is found than
        was asked for, and nothing else."""
        if not self.taken or not self.contracts or _looks_up(self.proposal, self.contracts):
            return False
        words = re.findall(r"[^\W\d_]+", self.text[start:end])
        few = (
            0 < len(words) <= MOST_WORDS
            and all(word.islower() for word in words)
            and not ((ORDER_WORDS | AGAIN) - READING_WORDS) & {*words}
        )
        return few and all(_finds(each) for each in self.contracts)

    def _clause(self, start: int, end: int) -> Place:
        """The clause around a place: a day may have a comma of its own."""
        marks = [
            found.start() if found.group().isalpha() else found.end()
            for found in patterns.CLAUSE.finditer(self.text, 0, start)
        ]
        closing = patterns.CLAUSE.search(self.text, end)
        return (marks[-1] if marks else 0), (closing.start() if closing is not None else len(self.text))

    def _could_take(self, start: int, end: int) -> bool:
        """Whether an argument that the calls leave open can be read from these words."""
        by_name = {each.name: each for each in self.contracts}
        words = VerifiedSpan(self.text[start:end], (Span(start=start, end=end, text=self.text[start:end]),))
        for call in (node for node in walk(self.proposal.result) if isinstance(node, Call)):
            contract = by_name.get(call.action)
            for name, schema in contract.properties.items() if contract is not None else ():
                if contract is None or name in call.arguments or not isinstance(schema, dict):
                    continue
                free = schema.get("type") == "string" and not list_members(schema) and "format" not in schema
                read = from_words(Parameter(name, name, schema, contract.annotation(name)), words, self.now)
                if isinstance(read, Read) and not (free and read.value == words.text):
                    return True
        return False


def asks_for_nothing(request: Request, proposal: Proposal, contracts: Sequence[Contract]) -> bool:
    """Whether all that was typed is a statement that went into one free text, of a call that does more than find and
    whose name none of the words are of: is it to be translated, or does somebody say so? Nothing in it asks for the
    call."""
    calls = [node for node in walk(proposal.result) if isinstance(node, Call)]
    if request.answers or request.thread or len(calls) != 1 or _looks_up(proposal, contracts):
        return False
    if _STATES.match(request.text) is None:
        return False
    own = {root for each in contracts for root in name_stems(each.name.rpartition(".")[2])}
    if own & set(stem_text(request.text)) or any(_finds(each) for each in contracts):
        return False
    for value in calls[0].arguments.values():
        if not isinstance(value, TypedValue | QuotedText):
            continue
        for start, end in find_places(value, request):
            whole = isinstance(value, QuotedText) or value.value == request.text[start:end]
            if whole and re.search(r"\w", request.text[:start] + request.text[end:]) is None:
                return True
    return False


def _looks_up(proposal: Proposal, contracts: Sequence[Contract]) -> bool:
    referred = any(note.record is not None for each in contracts for note in each.annotations.values())
    return referred or any(isinstance(node, Find | Handle) for node in walk(proposal.result))


def _finds(contract: Contract) -> bool:
    """Whether a call by its own name does nothing but find."""
    own = {*name_stems(contract.name.rpartition(".")[2])}
    return bool(own & patterns.FINDING) and not own & (ORDERS - patterns.FINDING)
