"""Asides as the resolver reads them: words that it says change nothing about the order.

Such a reading is no proof. It is accepted only if the form of the words allows it. The card then shows the words and
waits. Words that look like an order, a limit or a condition are asked about, whatever the resolver says. So are words
inside the ordering clause itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, get_args

from agent.planning.proposal import Aside, AsideKind
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import plain_word
from agent.validate.coverage.clauses import Clause, split_clauses
from agent.validate.coverage.left_over import FINITE, OWN_SUBJECT
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place, match_words
from language import numerals
from language.stems import ORDERS, is_past, stem
from language.text import read_text
from language.wordnet import find_similar_stems

READ_AGAIN: Final = ("nothing", "expressed")
"""Roles of asides from a second reading."""


_LEAD: Final = r"\s*(?:(?:and|but|so|or|then|also|just|please|though|ok(?:ay)?)\s+)*"
# Opens a condition, an exception or a ban.
_OPENS: Final = re.compile(
    rf"{_LEAD}(?:if|unless|until|till?|once|as\s+soon\s+as|(?:as|so)\s+long\s+as|provided|assuming|in\s+case|whether"
    r"|except|without|instead|not|never|don['’]?t|do\s+not|otherwise|else)(?!\w)",
    re.IGNORECASE,
)
# A condition or an exception by its form.
_EXPLICIT: Final = re.compile(
    rf"{_LEAD}(?:not\s+|only\s+|even\s+|just\s+)?(?:if|unless|until|till?|once(?!\s+(?:again|more))|as\s+soon\s+as"
    r"|(?:as|so)\s+long\s+as|provided|assuming|in\s+case|except|(?:for\s+)?(?:per|each|every))(?!\w)|not\s+before(?!\w)",
    re.IGNORECASE,
)
_NOT_ONLY: Final = match_words(r"not\s+only")
_WHY: Final = re.compile(
    rf"{_LEAD}(?:because(?:\s+of)?|cause|since|as|due\s+to|owing\s+to|thanks\s+to|on\s+account\s+of)\s", re.IGNORECASE
)
_OF_WHAT: Final = re.compile(r"(?:to|of)\s$", re.IGNORECASE)
_WHEN: Final = re.compile(r"\s*(?:when|while|after|before|from|until|till?|by|at|on|in)(?!\w)", re.IGNORECASE)
# Rules out another thing than the one that was named: "the red one, not the blue one".
_CONTRAST: Final = re.compile(
    r"\s*(?:and\s+|but\s+)?not\s+"
    r"(?!(?:yet|until|till|before|after|now|today|more|less|without|if|to|by|with|for|in|on|at|from|under)(?!\w))"
    r"(?:(?!(?:him|her|them|it|us|me|you|all|both|each|before|after|until|without)(?!\w))[\w'’-]+\s*){1,5}",
    re.IGNORECASE,
)
# Rules out an amount of the same thing, not another thing.
_EXTENT: Final = match_words(r"every\w*|all|whole|entire\w*|full|total|half|part|most|much|many|any\w*|yet|quite|\w+ly")
_WORD: Final = re.compile(r"[^\W_]+")
# A duty, a permission or another person's future action. It may limit the order.
_BINDS: Final = re.compile(
    r"(?<!\w)(?:must|shall|should|ought|might|let|(?:has|have|needs?)\s+to|(?:is|are)\s+to|at\s+(?:most|least)|will"
    r"|unless|until|except|provided|instead|if|only|each|per)(?!\w)|['’]ll(?!\w)",
    re.IGNORECASE,
)
_STAYS: Final = match_words(r"keeps?|stays?|remains?")
_IS_ONLY: Final = re.compile(
    r"(?<!\w)(?:(?:is|are|was|were|has|have|had)\s+only(?!\w)|only\s+(?=(?:just\s+)?[^\W\d_]+(?:s|ed)\b))",
    re.IGNORECASE,
)
# A future state, not a future action: "she'll be off till March".
_WILL_BE: Final = re.compile(r"(?:(?<!\w)will|['’]ll)\s+be\s+(?![^\W\d_]+(?:ed|en|id)\b)", re.IGNORECASE)
_WILL_BE_DONE: Final = re.compile(r"(?:(?<!\w)will|['’]ll)\s+be\s+[^\W\d_]+(?:ed|en|id)\b", re.IGNORECASE)
# What the person does themselves: "I'll tell her".
_OWN: Final = re.compile(
    r"(?<!\w)(?:I|we)(?:['’]ll|\s+(?:will|shall|should|have\s+to|need\s+to|must|might|only))(?!\w)", re.IGNORECASE
)
_MODAL: Final = match_words(r"(?:would|could|can)(?:n['’]?t)?|can['’]?t|cannot|won['’]?t")
_ASKED: Final = re.compile(
    rf"{_LEAD}(?:would|could|can|will)\s+(?:you|we|someone|somebody)\s+(?:(?:also|please|then|just)\s+)*(?P<verb>[^\W\d_]+)",
    re.IGNORECASE,
)
_PAST: Final = match_words(patterns.PAST)
_OBJECT: Final = re.compile(
    r"\s+(?:the|an?|this|that|these|those|my|our|his|her|their|its|him|it|them|out|off|up|back|away)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ReadAsides:
    """The asides of one order. ``doubted`` are clauses that the resolver set aside and that must not stay so."""

    order: Order
    doubted: list[Place] = field(default_factory=list, init=False)
    _said: bytearray = field(init=False)
    _used: bytearray = field(init=False)
    _found: Mapping[str, bytearray] = field(init=False)
    _believed: bytearray = field(init=False)
    _stated: bytearray = field(init=False)

    def __post_init__(self) -> None:
        asides = self._locate()
        object.__setattr__(self, "_used", patterns.cover(self.text, self.order.taken))
        object.__setattr__(self, "_said", patterns.cover(self.text, [place for place, _ in asides]))
        believed = list(self._sort(asides))
        object.__setattr__(self, "_believed", patterns.cover(self.text, [each for each, _ in believed]))
        again = {role: [place for place, each in self._locate(role)] for role in READ_AGAIN}
        object.__setattr__(self, "_found", {role: patterns.cover(self.text, places) for role, places in again.items()})
        object.__setattr__(self, "_stated", patterns.cover(self.text, [each for each, states in believed if states]))

    @property
    def text(self) -> str:
        return self.order.text

    @property
    def explained(self) -> bool:
        """Whether the resolver lists what its result doesn't express. If it does, it claims that the result expresses
        all other words."""
        asides = self.order.proposal.asides
        return any(each.role in get_args(AsideKind) for each in asides or ()) or bool(
            asides is not None and self.order.proposal.left_over
        )

    def hold(self, place: Place, *, weighty: bool) -> bool:
        """Whether every unused word of a place may stay aside. ``weighty`` words may only inside a statement."""
        letters = [at for at in range(*place) if self.text[at].isalnum() and not self._used[at]]
        aside = self._stated if weighty else self._believed
        return bool(letters) and all(aside[at] for at in letters)

    def doubt(self, place: Place) -> bool:
        """Whether a place holds words that were set aside and must not stay so."""
        return any(self._said[at] and not self._believed[at] for at in range(*place))

    def find_verdict(self, place: Place) -> str | None:
        """What a second reading by the model said of a place: that it changes "nothing", or is "expressed"."""
        return next((role for role, found in self._found.items() if all(found[slice(*place)])), None)

    def is_firm(self, place: Place, said: str, bars: Sequence[Place]) -> bool:
        """Whether no reading of a place may be believed.

        That is so if it overlaps one of the ``bars`` (words that take the order back, deny it or order something else),
        or if it holds a figure that the plan ignores outside a statement. ``said`` is the text around the place.
        """
        if any(place[0] < end and start < place[1] for start, end in bars):
            return True
        unused = any(self.text[at].isdigit() and not self._used[at] for at in range(*place))
        return unused and not _states(said)

    def _locate(self, *roles: str) -> list[tuple[Place, Aside]]:
        wanted = roles or get_args(AsideKind)
        said = [each for each in self.order.proposal.asides or () if each.role in wanted and each.words.origin == 0]
        words = [(each.words.start, each) for each in said]
        return [((start, start + len(each.words.text)), each) for start, each in words if start is not None]

    def _sort(self, asides: Sequence[tuple[Place, Aside]]) -> Iterator[tuple[Place, bool]]:
        """Yields the places that may stay aside, each with whether it states something. The other places become
        ``doubted``."""
        for clause in split_clauses(self.text) if asides else ():
            ordering = any(self._used[start] and not self._said[start] for _, start, _ in clause.words)
            for (start, end), aside in asides:
                first, last = max(start, clause.start), min(end, clause.end)
                said = self.text[first:last]
                if not said.strip():
                    continue
                if self._may_stay(said, aside, within=ordering):
                    yield (first, last), _states(said)
                else:
                    self.doubted.append((first, last))

    def _may_stay(self, said: str, aside: Aside, *, within: bool) -> bool:
        """Whether words may stay aside. ``within``: they stand in the ordering clause."""
        if patterns.REGRETS.search(said):
            return True
        finite, past, manners = _find_finite(said), _PAST.search(said), aside.role == "manners"
        if within and not manners and (finite is None or _WHEN.match(said)):
            return _gives_reason(said)
        if finite is None and _is_contrast(said):
            return True
        plain = _WILL_BE.sub("", _IS_ONLY.sub("", said))
        binds = _BINDS.search(plain) or (self.order.structure.several and _STAYS.search(said))
        if (
            _OPENS.match(said)
            or _EXPLICIT.match(said)
            or _WILL_BE_DONE.search(said)
            or (binds and not (_OWN.search(said) or past))
        ):
            return False
        counts = not manners or any(map(str.isdigit, said))
        if finite is None and past is None and counts and _holds_number(said):
            return False
        clause = next(iter(split_clauses(said)), None)
        return clause is None or not _orders(clause, finite)


def is_explicit(said: str) -> bool:
    """Whether words are a condition, an exception, a limit or a part by their form. No reading of those is believed."""
    if _EXPLICIT.match(said):
        return True
    condition = patterns.CONDITION.search(said)
    if condition is not None and not _states(said[: condition.start()]):
        return True
    bounds = (patterns.PART, patterns.LIMIT, patterns.RESTRICTION)
    said = _NOT_ONLY.sub("", said)  # lifts a restriction
    return not _states(said) and any(each.search(said) for each in bounds)


def _find_finite(said: str) -> int | None:
    verbs = (FINITE.search(said), OWN_SUBJECT.search(said), _MODAL.search(said))
    return min((each.start() for each in verbs if each), default=None)


def _gives_reason(said: str) -> bool:
    """Whether words give a reason. "As" and the like need a verb: "as a loan" is a manner."""
    why = _WHY.match(said)
    if why is None or _OF_WHAT.search(why[0]) is not None:
        return why is not None
    return _find_finite(said) is not None or _PAST.search(said) is not None


def _is_contrast(said: str) -> bool:
    """Whether words only rule out another thing."""
    return _CONTRAST.fullmatch(said) is not None and _EXTENT.search(said) is None


@lru_cache(maxsize=64)  # asked for every figure within the same words
def _states(said: str) -> bool:
    """Whether words state how something is or was. Figures and days in them then belong to the statement.

    "On Friday" alone says when to act, "backdated to May" says how, and "Friday is fine" grants a day: no statements.
    """
    if patterns.REGRETS.search(said) or _is_contrast(said) or _gives_reason(said):
        return True
    finite, past = _find_finite(said), _PAST.search(said)
    if finite is None:
        return past is not None and bool(_WORD.search(said, 0, past.start()) or patterns.DONE.match(said))
    subject = said[:finite]
    granted = patterns.PART.search(said) or patterns.DATE.search(subject) or _holds_number(subject)
    return past is not None or not granted


def _holds_number(said: str) -> bool:
    return any(not each.vague for each in numerals.find(read_text(said)))


def _orders(clause: Clause, finite: int | None) -> bool:
    """Whether a clause begins with the verb of an order, or with a verb and its object."""
    asked = _ASKED.match(clause.text, clause.start, clause.end)
    if asked is not None and stem(asked["verb"].casefold()) in ORDERS:
        return True
    head = clause.head
    if head is None or (finite is not None and head[1] > finite):
        return False
    if is_past(head[0].casefold()) or head[0].casefold().endswith(("s", "ing")):
        return False
    root, behind = stem(plain_word(head[0])), clause.text[head[2] : clause.end]
    return root in ORDERS or (_OBJECT.match(behind) is not None and bool(find_similar_stems(root, verb=True)))
