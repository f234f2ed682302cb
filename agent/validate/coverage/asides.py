"""Asides: clauses beside the order that only tell how things are or what happened.

A negation, number, day or comparison in an aside changes nothing about what is done. An aside has its own subject and
finite verb. It wishes, forbids and limits nothing. It says nothing about what the call does, and holds no value that
the plan uses. The card shows its words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place
from language.stems import ORDERS, split_runs, stem
from language.wordnet import find_similar_stems

_LONGEST: Final = 600
"""Longest aside in characters. A longer one is asked about."""
_STORY: Final = r"because|since|as|while|although|though"
_ENDS: Final = re.compile(
    r"[,;!?\n]|[.:](?!\d)|\s[-–—]+\s|(?<!\w)(?:and|but|or|so|then|however)(?!\w)"
    rf"|(?<!\w)(?:{_STORY})(?=\s+(?:I|we|he|she|it|they|(?:no|some)body|the|my|our|his|her|their"
    rf"|(?!\w+day\b|(?:{patterns.MONTHS})\b)(?-i:[A-Z]\w+))\b)",
    re.IGNORECASE,
)
# Introduces the subject and the person spoken of.
_LEAD: Final = (
    r"\s*(?:(?:well|sorry|hi|hello|hey|so+|u[mh]+|ok(?:ay)?|now|today|yesterday|sadly|unfortunately)\s+)*"
    r"(?:(?:I\s+am\s+|I['’]m\s+|I\s+have\s+|I['’]ve\s+|I\s+)?(?:not\s+sure|no\s+idea|don['’]?t\s+know)\s+(?:why|how|what)\s+)?"
)
_NAME: Final = r"(?-i:[A-ZÀ-ÖØ-Þ][\w.'’-]*)"
_SUBJECT: Final = (
    rf"(?P<subject>(?:I|we|he|she|it|they|this|that|there|(?:no|some|every)(?:body|\s?one)|nothing|{_NAME}(?:\s+{_NAME}){{0,3}}"
    r"|(?:the|an?|my|our|his|her|its|their|this|that|these|those)\s+[^\W\d_][\w'’-]*)(?:\s+[\w'’()&-]+){0,7}?)"
)
_AUXILIARY: Final = r"(?:is|are|was|were|am|has|have|had|does|do|did|can|could|will|would)"
_VERB: Final = (
    rf"(?:['’](?:s|re|m|ve)(?=\s)|\s+(?:\w+ly\s+|just\s+|already\s+|still\s+|never\s+|ever\s+)*"
    rf"(?:{_AUXILIARY}(?:n['’]?t)?|can['’]?t|cannot|won['’]?t|{patterns.PAST}|let|hurt|left|found|says?|thinks?|feels?|seems?|keeps?|looks?|sounds?)(?!\w))"
)
_TELLS: Final = re.compile(rf"{_LEAD}{_SUBJECT}(?P<verb>{_VERB})", re.IGNORECASE)
# The same, with the subject of the clause before: "has been off and won't be back".
_GOES_ON: Final = re.compile(rf"\s*(?P<verb>{_VERB})", re.IGNORECASE)
_PAST: Final = re.compile(
    rf"['’]ve|(?:\s+\w+)*?\s+(?:(?:{patterns.PAST}|let|hurt|left|found)(?!['’\w])|(?:ha[sd]|have|did|was|were)(?:n['’]?t)?(?!\w))",
    re.IGNORECASE,
)
_THEN: Final = re.compile(r"(?<!\w)then(?!\w)", re.IGNORECASE)
_ONLY: Final = re.compile(r"(?<!\w)only(?!\w)", re.IGNORECASE)
# Wishes, duties, permissions and limits belong to the order, whatever their tense.
_BINDS: Final = re.compile(
    r"(?<!\w)(?:want|need|wish|hop|prefer|lik|lov|ask|plan|expect|intend|suppos|promis|agre|mention|tell|order|request|allow)(?:s|es|ed|ing|e|d)?(?!\w)"
    r"|(?<!\w)(?:should|must|(?-i:may)|might|shall|ought|please|except|unless|if|whether|until|till?|instead|else|rather"
    r"|said|told|wrote|meant|at\s+(?:most|least)|you|would)(?:n['’]?t)?(?!\w)|['’]d(?!\w)"
    rf"|(?<!\w){_AUXILIARY}(?:n['’]?t|\s+not)?\s+to(?!\w)"
    r"|(?<!\w)(?:it|this|that)(?:['’]s|\s+is)(?:n['’]?t|\s+not)?\s+(?:for|on|at|by|from|of|in)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Asides:
    """Finds the asides of one order."""

    order: Order

    @property
    def text(self) -> str:
        return self.order.text

    def holds(self, place: Place, known: frozenset[str] = frozenset()) -> bool:
        """Whether a place stands in an aside.

        ``known`` are stems that tell records apart. If given, the aside must say none of them.
        """
        first, last = self._bounds(*place)
        if last - first > _LONGEST:  # judging each place in it would take quadratic time
            return False
        if any(
            begin < last and first < end for begin, end in self.order.spoken if (begin, end) not in self.order.names
        ):
            return False
        if not (self._is_ordered(0, first) or self._is_ordered(last, len(self.text))):
            return False
        told = self._tell(first, last)
        found = _TELLS.match(told)
        if found is None:
            found = _GOES_ON.match(told) if first and self._goes_on(first) else None
        elif self._is_order(found["subject"], first):
            return False
        if found is None:
            return False
        past = _PAST.match(found["verb"]) is not None
        if _THEN.search(self.text, last) or (_ONLY.search(self.text, first, last) and not past):
            return False
        if _BINDS.search(told) is not None:
            return False
        bare = self._tell(first, last, name=" ")
        if any(stem(word.casefold()) in self.order.heads | known for word, _, _ in split_runs(bare)):
            return False
        behind = not self._is_ordered(last, len(self.text))
        why = re.search(rf"(?<!\w)(?:{_STORY})\s*$", self.text[max(0, first - patterns.REACH) : first], re.IGNORECASE)
        return not behind or why is not None or past

    def _bounds(self, start: int, end: int) -> Place:
        return patterns.find_opening(_ENDS, self.text, start), patterns.find_closing(_ENDS, self.text, end)

    def _is_ordered(self, first: int, last: int) -> bool:
        """Whether a stretch of the request holds a used word or a verb of the calls."""
        if any(first <= begin and end <= last for begin, end in self.order.spoken):
            return True
        return any(stem(word.casefold()) in self.order.heads for word, _, _ in split_runs(self.text[first:last]))

    def _tell(self, first: int, last: int, name: str = "Ann") -> str:
        """The clause, with each used name replaced by a plain one."""
        told, at = "", first
        for begin, end in sorted(self.order.names):
            if at <= begin and end <= last:
                told, at = f"{told}{self.text[at:begin]}{name}", end
        return told + self.text[at:last]

    def _goes_on(self, first: int) -> bool:
        before = self._bounds(first - 1, first - 1) if first else (0, 0)
        opening = patterns.last_before(_ENDS, self.text, first)
        start, end = self._bounds(opening[0], opening[0]) if opening is not None else before
        found = _TELLS.match(self._tell(start, min(end, opening[0] if opening is not None else end)))
        return found is not None and not self._is_order(found["subject"], start)

    def _is_order(self, subject: str, first: int) -> bool:
        """Whether a word that looks like a name is the verb of an order at the start of the sentence."""
        word = re.split(r"[\s'’]", subject, maxsplit=1)[0]
        return (
            word[:1].isupper()
            and word not in ("I", "Ann")
            and (
                stem(word.casefold()) in ORDERS | self.order.heads
                or (bool(find_similar_stems(stem(word.casefold()), verb=True)) and not self.text[:first].strip())
            )
        )
