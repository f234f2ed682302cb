"""Reported orders: orders that somebody else gives in their own words ("Ada writes: move my lesson") or through the
person who types ("Ada asked us to move it")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from agent.resolve.rules.clauses import begins_like_an_order
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from language.stems import EMPTY, ORDERS, is_past, stem
from language.text import blank_quotations, word_set
from language.wordnet import find_similar_stems, is_word

_SAYING: Final = frozenset(map(stem, ("say", "tell", "ask", "write")))
_SENDING: Final = frozenset(map(stem, TELLING))
"""Verbs whose forms may be nouns as well: "the mails" are no report, and "Ada mails" is."""
_PEOPLE: Final = word_set("he she it they somebody someone")
_NO_SUBJECT: Final = word_set("i we you who which what that if when unless as to and or do does did not never don't")
_BEGINS: Final = re.compile(r"(?:^|(?<=[.!?\n]))\s*(?=[^\W\d_])")
_WORD: Final = re.compile(r"[^\W\d_][\w'’-]*\s*")
_SET_OFF: Final = re.compile(
    r"(?P<us>\s+(?:to\s+)?(?:me|us))?(?P<mark>\s*[:,]\s*|(?(us)\s+(?P<to>to)\s+|(?!))|\s+)(?=\S)", re.IGNORECASE
)
_PLEASE: Final = re.compile(r"^(?:please|pls|plz|kindly|just)\s+", re.IGNORECASE)
_LONGEST: Final = 5
"""Words of a subject."""
_AFTER: Final = re.compile(
    rf"(?:[^.:!?\n]|[.:](?=\d))+?(?P<mark>[,–—]\s*)(?:so\s+)?(?P<told>[^\W\d_][\w'’-]*(?:\s+[^\W\d_][\w'’-]*){{1,{_LONGEST}}})\s*(?=[.!\n]|$)"
)
"""An order and what stands behind it, set off by a comma: "…, says Ada". What follows a colon is a text."""
_WHOSE: Final = word_set("the a an my our his her their")


@dataclass(frozen=True, slots=True)
class ReportedOrder:
    """``told``: who gives it, and their verb ("Ada writes"). ``start`` and ``end``: the mark or "to" that sets it off.
    ``own``: it is in their own words."""

    told: str
    start: int
    end: int
    own: bool


def find_reported_orders(text: str) -> Iterator[ReportedOrder]:
    """Each order of a text that a statement about somebody else introduces."""
    bare = blank_quotations(text)
    for begin in _BEGINS.finditer(text):
        at, who = begin.end(), list[str]()
        while len(who) <= _LONGEST and (word := _WORD.match(text, at)) is not None:
            said, at = word[0].strip(), word.end()
            set_off = _SET_OFF.match(text, word.start() + len(said))
            if set_off is not None and _says(said, who) and _orders(text, set_off):
                told = text[begin.end() : set_off.start("mark")]
                yield ReportedOrder(told, *set_off.span("mark"), own=set_off["to"] is None)
                break
            who.append(said)
        after = _AFTER.match(bare, begin.end())
        if after is not None and _is_said_behind(after["told"].split()):
            yield ReportedOrder(after["told"], after.start("mark"), after.end(), own=True)


def _is_said_behind(words: list[str]) -> bool:
    """Whether words are a verb of saying and somebody else, in either order: "says Ada", "Ada asks"."""
    verb, *who = words
    named = who[0].casefold() in _WHOSE | _PEOPLE or who[0][0].isupper() or not is_word(who[0].casefold())
    return (named and _says(verb, who) and stem(verb.casefold()) in _SAYING) or _says(words[-1], words[:-1])


def _orders(text: str, set_off: re.Match[str]) -> bool:
    """Whether what follows is an order. After a colon any verb in its plain form is one ("top up"), and without a mark
    only one that nearly always orders: "Ada says job 7 is done" tells something."""
    marked, word = set_off["mark"].strip(), _WORD.match(_PLEASE.sub("", text[set_off.end() :]))
    low = word[0].strip().casefold() if word is not None else ""
    if begins_like_an_order(text, set_off.end()):
        return bool(marked or set_off["to"]) or stem(low) in ORDERS
    return (
        marked == ":" and low not in EMPTY and not low.endswith("s") and bool(find_similar_stems(stem(low), verb=True))
    )


def _says(verb: str, who: list[str]) -> bool:
    """Whether a verb is one of saying, in the third person or the past, and somebody else its subject."""
    low, root = verb.casefold(), stem(verb.casefold())
    if (
        not who
        or not (low.endswith("s") or is_past(low))
        or not _NO_SUBJECT.isdisjoint(each.casefold() for each in who)
    ):
        return False
    named = who[-1].casefold() in _PEOPLE or (who[-1][0].isupper() and not who[-1].endswith(("'s", "’s")))
    return root in _SAYING or (named and root in _SENDING)
