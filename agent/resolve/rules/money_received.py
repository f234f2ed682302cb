"""Money that the speaker got, read as paid by whoever it is from: "got 50 from Ada" as "paid 50 from Ada"."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.spans import money
from language.converse_verbs import find_received
from language.stems import EMPTY, stem, stem_text
from language.text import blank_quotations, read_text
from registry.offers.shortlist import Shortlist

_PAYING: Final = frozenset(map(stem, ("pay", "payment")))


def find_money_received(text: str, shortlist: Shortlist) -> list[tuple[int, int, str]]:
    """Finds the verb of money that the speaker got, and "paid" to replace it, where an action goes by paying and no
    other one by that verb."""
    read = read_text(blank_quotations(text))
    sums = {each.start: each for each in money.find(read) if _is_money(read.low, each, shortlist)}
    found = find_received(read.plain, {at: each.end for at, each in sums.items()}) if sums else None
    if found is None or (found.start == found.end and sums[found.sum_at].currency is None):
        return []
    called = [frozenset(stem_text(" ".join((each.title, *each.aliases)))) for each in shortlist.offers]
    pays = [not _PAYING.isdisjoint(each) for each in called]
    other = any(stem(found.got) in each for each, own in zip(called, pays, strict=True) if not own)
    said = "paid" if found.start < found.end else "paid "
    return [(*read.span(found.start, found.end), said)] if any(pays) and not other else []


def _is_money(low: str, said: money.Money, shortlist: Shortlist) -> bool:
    """Whether a number is a sum and counts nothing: its currency is named, or no noun but a way to pay follows."""
    behind = re.compile(r"\w+").search(low, said.end)
    word = behind[0] if behind is not None else ""
    schemas = (schema for offer in shortlist.offers for schema in offer.properties.values())
    members = (str(each) for schema in schemas for each in schema.get("enum") or ())
    return said.currency is not None or said.loose or word in EMPTY | {""} or word in members
