"""Transfers: who gives money to whom, by the classes of verbs that English has for it: "give her 5 euros", "charge her
5 euros", "she owes us 5 euros".

A platform and somebody are the two sides. What is told of somebody ("she pays 5 euros") goes the other way than what
is ordered with the same verb ("pay her 5 euros").
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from language.irregular_verbs import UNSURE_FORMS
from language.opposites import TAKING_AWAY
from language.stems import EMPTY, ORDERS, is_past, split_runs, stem, stem_text

Way = Literal["take", "lessen", "give", "relieve"]
"""Money is taken from somebody, they owe less, they are given it, or either of the last two."""

_CHARGING: Final = frozenset(stem_text("charge bill invoice fine debit"))
_REFUNDING: Final = frozenset(stem_text("refund reimburse repay credit compensate"))
_GIVING: Final = frozenset(stem_text("give hand pay send grant award lend slip wire transfer remit owe"))
_GETTING: Final = frozenset(map(stem, ("get", "receive", "have", "earn", "win")))
_COLLECTING: Final = frozenset(stem_text("take collect get withdraw deduct subtract claim receive accept"))
_VERBS: Final = _CHARGING | _REFUNDING | _GIVING | _GETTING | _COLLECTING
_MAKING: Final = frozenset(
    stem_text("give pay issue grant add apply put load top raise post make create record log enter book take register")
)
_LESSENING: Final = TAKING_AWAY | frozenset(stem_text("write knock let strike"))
_OWED: Final = frozenset(stem_text("charge fee fine bill invoice payment debt penalty surcharge donation"))
_LESS: Final = frozenset(stem_text("discount rebate reduction"))
_OWN: Final = frozenset(stem_text("credit refund voucher bonus compensation goodwill reimbursement money"))
_CONTRADICTED: Final[Mapping[Way, str]] = {
    "take": "lessen give relieve", "lessen": "take", "relieve": "take", "give": "take lessen",
}  # fmt: skip
_CLAUSES: Final = re.compile(r"[,;:!?\n()]|\.(?!\d)|(?<!\w)(?:and|but|then)(?!\w)", re.IGNORECASE)
_DENIED: Final = re.compile(r"(?<!\w)(?:not|never|no|nobody|cannot|without|instead)(?!\w)|n['’]t(?!\w)", re.IGNORECASE)
_SPEAKERS: Final = frozenset(("i", "we", "me", "us"))
_OBLIGING: Final = frozenset(("should", "must", "shall", "will", "can", "may", "to", "make", "let"))
_DETERMINERS: Final = frozenset(("the", "a", "an", "his", "her", "their", "its", "this", "that", "our", "of"))
_ONE: Final = frozenset(("a", "an"))
_PERSONS: Final = _SPEAKERS | {"you", "he", "she", "they", "it", "who"}
_REASONS: Final = frozenset(("for", "because", "as", "since", "on", "at", "until", "by"))
_OFF: Final = frozenset(("off", "less"))


class _Word(NamedTuple):
    low: str
    root: str
    start: int
    end: int


def contradicts(said: Way | None, does: Way | None) -> bool:
    """Whether money would go another way than it was said to."""
    return said is not None and does is not None and does in _CONTRADICTED[said].split()


def find_way(text: str, sums: Mapping[int, int]) -> Way | None:
    """Which way money goes by a request. ``sums``: where each begins and ends. None if it says none or several."""
    ordered, told = set[Way](), set[Way]()
    bounds = [0, *(at for each in _CLAUSES.finditer(text) for at in each.span()), len(text)]
    others = False
    for start, end in zip(bounds[::2], bounds[1::2], strict=True):
        runs = ((run.casefold(), start + first, start + last) for run, first, last in split_runs(text[start:end]))
        words = [_Word(low, stem(UNSURE_FORMS.get(low, low)), first, last) for low, first, last in runs]
        if _DENIED.search(text, start, end) is not None:
            continue
        found = _read_clause(words, sums)
        if found is not None:
            (ordered if found.ordered else told).add(found.way)
        head = next((each.root for each in words if each.low not in EMPTY), "")
        others |= head in ORDERS and found is None
    ways = ordered or told
    return ways.pop() if len(ways) == 1 and not others else None  # "she owes us 5 euros, waive it"


@lru_cache(maxsize=1024)
def find_named_way(phrases: tuple[str, ...], description: str = "") -> Way | None:
    """Which way money goes by an action, from what it is called, else from the beginning of its description."""
    named = {way for each in phrases if (way := _read_called(each)) is not None}
    if not named and (way := _read_called(description.partition(".")[0])) is not None:
        named = {way}
    named -= {"lessen"} if "give" in named else set()  # "credit an invoice"
    return named.pop() if len(named) == 1 else None


def _read_called(phrase: str) -> Way | None:
    lows = [word.casefold() for word, _, _ in split_runs(phrase.replace("_", " "))]
    roots = [stem(low) for low in lows if low not in EMPTY]
    if not roots:
        return None
    head, rest = roots[0], {*roots[1:]}
    told = is_past(lows[0]) or lows[0] in {"is", "was", "has"} or (head in _OWED and is_past(lows[-1]))
    if told and not rest.isdisjoint(_OWED | _OWN | {"pay", stem("receive")}):
        return "take"  # "has paid", "payment received"
    alone = len(lows) == 2 and len(roots) == 2  # "credit limit"
    if (head in _REFUNDING and not alone) or (head in {"pay", "money"} and not {"back", "out"}.isdisjoint(lows)):
        return "give"
    less = head in _LESS or (head in _MAKING and not rest.isdisjoint(_LESS))
    off = not _OFF.isdisjoint(lows) and not rest.isdisjoint(_OWED | {"money", "amount"})
    if less or off or (head in _LESSENING and not rest.isdisjoint(_OWED)):
        return "lessen"
    if head in _LESSENING:
        return "take" if not rest.isdisjoint(_OWN) else None
    if head in _CHARGING:
        return "take"
    if head == "pay" or (head in _MAKING and not rest.isdisjoint(_OWN)):
        return "give"
    return "take" if head in _MAKING and not rest.isdisjoint(_OWED) else None


class _Found(NamedTuple):
    """The way of one clause. ``ordered``: by us, and not told of somebody."""

    way: Way
    ordered: bool


def _read_clause(words: Sequence[_Word], sums: Mapping[int, int]) -> _Found | None:
    """Which way money goes by one clause."""
    held = [(start, end) for start, end in sums.items() if words and words[0].start <= end and start <= words[-1].end]
    first = next((at for at, each in enumerate(words) if any(a <= each.start < b for a, b in held)), len(words))
    end = held[0][1] if held else 0
    behind = next((at for at in range(first, len(words)) if words[at].start >= end), len(words))
    for at, word in enumerate(words):
        clause = _Clause(words, at, first, behind)
        way = clause.read() if word.root in _VERBS and not clause.is_noun else None
        if way is not None:
            return _Found(way, clause.is_ours)
        if word.root in ORDERS and not clause.subject and word.root not in {"make", "let"}:
            return None
    return None


class _Clause(NamedTuple):
    """A clause with a verb ``at`` a word, and a sum from ``first`` up to ``behind``."""

    words: Sequence[_Word]
    at: int
    first: int
    behind: int

    @property
    def is_noun(self) -> bool:
        """Whether the verb's word is a noun here: "the charge", "a 5 euro fine", "bill 811"."""
        before = self.words[self.at - 1].low if self.at else ""
        numbered = any(_has_digit(each.low) for each in self.words[self.at + 1 : min(self.at + 3, self.first)])
        summed = self.first < self.at and self.behind >= self.at
        charges = self.words[self.at].root in _CHARGING
        return before in _DETERMINERS or before.endswith(("'s", "’s")) or summed or (numbered and charges)

    @property
    def subject(self) -> str:
        """The nearest word before the verb that may be its subject. Empty for an order."""
        before = (re.split("['’]", each.low)[0] for each in reversed(self.words[: self.at]))
        return next((low for low in before if low in _PERSONS or _may_be_name(low)), "")

    @property
    def is_ours(self) -> bool:
        return self.subject in {"", "i", "we", "you"}

    def read(self) -> Way | None:
        verb, before, ours = self.words[self.at], self.words[: self.at], self.is_ours
        passive = is_past(verb.low) and any(each.low in {"be", "get"} for each in before[-2:])
        if is_past(verb.low) and not passive:
            return None  # what has happened may be why the opposite is done
        finite = verb.low.endswith("s") or any(each.low in _OBLIGING for each in before)
        if verb.root in _CHARGING | _REFUNDING:
            way: Way = "take" if verb.root in _CHARGING else "relieve"
            return way if passive or ours else None
        if self.first <= self.at or self.first == len(self.words):
            return None
        given = self._read_given()
        if verb.root in _GIVING and (passive or ours):
            return self._read_order(given, passive=passive)
        if verb.root in _COLLECTING and ours:
            return self._read_collected()
        if not finite or ours:
            return None
        to_us = {each.low for each in self._between} <= _SPEAKERS | {"back"}
        if given != "give" or verb.root in _GETTING:
            others = "from" in self._behind and _SPEAKERS.isdisjoint(self._behind)
            return given if verb.root in _GETTING and not others else given if given == "lessen" else None
        return "take" if verb.root in _GIVING and to_us else None

    @property
    def _between(self) -> Sequence[_Word]:
        return self.words[self.at + 1 : self.first]

    @property
    def _behind(self) -> Sequence[str]:
        return [each.low for each in self.words[self.behind :]]

    def _read_given(self) -> Way | None:
        """What a sum is of, as of a fine or discount. A bare one is given. None for a sum that describes a thing."""
        rest = self.words[self.behind :]
        rest = rest[1:] if rest and rest[0].low == "of" else rest
        rest = rest[1:] if rest and rest[0].low in _DETERMINERS else rest
        named = {*(each.root for each in self._between), *(each.root for each in rest[:1])}
        if not named.isdisjoint(_LESS) or (rest and rest[0].low in _OFF):
            return "lessen"
        if not named.isdisjoint(_OWN):
            return "relieve"
        if not named.isdisjoint(_OWED):
            return "take"
        if "back" in {*self._behind, *(each.low for each in self._between)}:
            return "relieve"
        return "give" if not rest or rest[0].low in (EMPTY | {"again", "extra"}) - {"too"} else None

    def _read_order(self, given: Way | None, *, passive: bool) -> Way | None:
        """What we give to somebody: "pay her 5 euros", "5 euros to her", "a 5 euro fine"."""
        named = [each.low for each in self._between]
        aimed = "to" in self._behind[:-1] and not self._behind[self._behind.index("to") + 1].isdigit()
        if any(map(_has_digit, named)) or not _SPEAKERS.isdisjoint(named) or "from" in self._behind:
            return None
        if given == "take" and _ONE.isdisjoint(named):
            return None  # "pay her fine of 5 euros"
        return given if named or passive or aimed or given == "relieve" else None

    def _read_collected(self) -> Way | None:
        """What we take from somebody, or off what they owe."""
        behind = self.words[self.behind :]
        at = next((at for at, each in enumerate(behind) if each.low in {"from", "off"}), len(behind))
        end = next((step for step in range(at + 1, len(behind)) if behind[step].low in _REASONS), len(behind))
        of = behind[at + 1 : end]
        if any(each.root in _OWED | {"price", "total", "order"} for each in of) or (at < len(behind) and not of):
            return "lessen"
        named = bool(of) and not any(_has_digit(each.low) for each in of) and behind[at].low == "from"
        return "take" if named else None


def _has_digit(word: str) -> bool:
    return any(map(str.isdigit, word))


def _may_be_name(word: str) -> bool:
    return word not in EMPTY and len(word) > 1 and not word.endswith("ly") and not _has_digit(word)
