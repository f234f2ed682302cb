"""What is set against a value: "7, not 9", "on Monday instead of Friday". Nothing is done with it, so it is accounted
for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from agent.extract.time import dates
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_words import Finding
from language.stems import makes_anew, stem, stem_text
from language.text import read_text

# Between what sets against and the value: "not (on)", "not (for the parcel)".
_LEADS: Final = re.compile(r"\s+(?:(?:on|for|to|at|from|with|the|an?)\s+){0,2}(?:[^\W\d_]+\s+)?", re.IGNORECASE)
_SETTING_AGAINST: Final = re.compile(r"not|instead\s+of|rather\s+than", re.IGNORECASE)
_SET_AGAINST: Final = re.compile(
    rf"(?:(?:,|\bbut|\band)\s+(?P<not>not)|\binstead\s+of|\brather\s+than){_LEADS.pattern}$", re.IGNORECASE
)
_OTHER_NAME: Final = re.compile(r"(?:instead\s+of|rather\s+than)\s+[A-Z][\w-]*(?:\s+[A-Z][\w-]*)?")
_ENDS: Final = re.compile(r"\s*(?:[,.;!]|$|(?:from|for|to|at|on|in|by|with|as)\b)", re.IGNORECASE)


def is_set_against(
    order: Order, each: Finding, findings: Sequence[Finding], is_used: Callable[[Finding], bool]
) -> bool:
    """Whether a finding is what a used value of its kind is not, or the word that says so. ``is_used`` tells which
    findings are used."""
    start, end = each.place
    if each.is_of(("order not to",)) and _SETTING_AGAINST.fullmatch(each.said):
        ahead = (one for one in findings if start < one.place[0])
        return any(
            _LEADS.fullmatch(order.text, end, one.place[0]) and is_set_against(order, one, findings, is_used)
            for one in ahead
        )
    if "beside" in each.kinds and _OTHER_NAME.fullmatch(each.said) is not None:
        return any(order.text[one:last][:1].isupper() for one, last in order.taken)
    kind = next((kind for kind in ("date", "number") if kind in each.kinds), None)
    if kind == "date" and not dates.find(read_text(each.said), order.request.now.date()):
        return False  # "Thursday, not at noon"
    if kind is None or (kind == "number" and order.structure.several) or not _ENDS.match(order.text, end):
        return False
    against = patterns.search_before(_SET_AGAINST, order.text, start)
    if against is None or (against["not"] is None and (_makes_anew(order) or (kind == "number" and _joins(order)))):
        return False  # "book her on Monday instead of Friday", "give her room 7 instead of 9" move one that there is
    others = [one for one in findings if kind in one.kinds and one is not each and is_used(one)]
    meant = any(one.said.casefold() == each.said.casefold() for one in others)  # "7, 8 and 9, not 8"
    return not meant and any(one.place[1] <= start for one in others)


def _makes_anew(order: Order) -> bool:
    """Whether something is made that there wasn't: "Book a lesson", but not "Schedule a story" of one that there is."""
    nouns = {kind.name: {stem(noun) for noun in kind.nouns} for kind in order.kinds}
    held = (
        nouns.get(note.record or "", set()) & set(stem_text(contract.title))
        for contract in order.contracts
        for note in contract.annotations.values()
    )
    return any(makes_anew(each.title) for each in order.contracts) and not any(held)


def _joins(order: Order) -> bool:
    """Whether a call is about several records, such as a plot and its new holder."""
    return any(sum(note.record is not None for note in each.annotations.values()) > 1 for each in order.contracts)
