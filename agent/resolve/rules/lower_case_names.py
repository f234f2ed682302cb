"""Names in lower case: what a request means if its strange words are names, as hasty people type them. Only live data
tells whether they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from agent.extract.spans.money import find_currency
from agent.pipeline import Proposed, Request, Resolution
from agent.resolve.rules.grammar.understand import understand
from agent.resolve.rules.normalization import AlignedText, load_order_speller, load_things_speller
from language.date_forms import DAYS, MONTHS
from language.measures import find_measure
from language.stems import EMPTY
from language.text import blank_quotations
from language.wordnet import is_word
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

MOST_CHARACTERS: Final = 400
"""Of a request that is read a second time."""
_NAME: Final = re.compile(r"(?<![\w@.'’/#+-])[^\W\d_]{3,}(?![\w@/+-]|\.\w|['’](?!s\b))")

_DEED: Final = re.compile(r"\w{3,}ed")
"""A word before a name that is no part of it: "who ordered rosemary"."""
_AND: Final = re.compile(r"\s*(?:,|\s(?:and|or|&|\+))\s*(?:and\s+)?", re.IGNORECASE)


def read_names(
    read: AlignedText,
    meant: Resolution | Proposed,
    request: Request,
    shortlist: Shortlist,
    kinds: Sequence[RecordKind],
) -> Proposed | None:
    """What the request means if its strange words are names. None if that is nothing else."""
    named = capitalize_names(read, kinds) if len(read.text) <= MOST_CHARACTERS else read
    if named.text == read.text:
        return None
    other = understand(named, request.model_copy(update={"text": named.text}), shortlist, kinds)
    same = isinstance(meant, Proposed) and isinstance(other, Proposed) and meant.proposal == other.proposal
    return other if isinstance(other, Proposed) and not same else None


def capitalize_names(read: AlignedText, kinds: Sequence[RecordKind]) -> AlignedText:
    """Gives strange words in lower case a capital, as if they were names: "hugo" is read like "Hugo". So are the word
    before one, which may belong to the name ("grace oduya"), and words in a list."""
    said = (load_order_speller(), load_things_speller(kinds))

    def may_name(low: str) -> bool:
        known = low in EMPTY or low in MONTHS or low in DAYS or any(low in words for words in said)
        return not known and find_measure(low) is None and find_currency(low) is None

    found = [each for each in _NAME.finditer(blank_quotations(read.text)) if may_name(each[0].casefold())]
    strange = {at for at, each in enumerate(found) if not is_word(each[0].casefold())}
    joined = {at - 1 for at in strange if at and read.text[found[at - 1].end() : found[at].start()] == " "}
    names = strange | {at for at in joined if not _DEED.fullmatch(found[at][0])}
    for at, (one, other) in enumerate(pairwise(found)):
        if _AND.fullmatch(read.text[one.end() : other.start()]):
            names |= {at, at + 1}
    places = (found[at].start() for at in names)
    return read.put((at, at + 1, read.text[at].upper()) for at in places if read.text[at].islower())
