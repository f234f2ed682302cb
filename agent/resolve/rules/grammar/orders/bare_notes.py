"""Bare notes: a record, a colon and words about it ("5008: gift wrap"), which one action here writes down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.planning.proposal import Call, QuotedText, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import read_action_words
from agent.resolve.rules.grammar.orders.chooser import MOST_OFFERS, NEAREST
from agent.resolve.rules.grammar.orders.texts import writes_note
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import is_code
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_BEFORE: Final = 6
"""Tokens of the record's description, at most."""
FEWEST_WORDS: Final = 2
"""One word alone may be a value of the record."""


def read_bare_note(reader: Reader, shortlist: Shortlist) -> Call | None:
    """The call that writes the words behind a colon on the record before it. None if no action or several could, if the
    words hold an action's verb, or if they ask or deny something."""
    colon = next((at for at in range(1, min(MOST_BEFORE, len(reader.tokens))) if reader.low(at) == ":"), None)
    if colon is None or reader.text.plain.rstrip().endswith("?"):
        return None
    said = [reader.low(at) for at in range(colon + 1, len(reader.tokens)) if reader.tokens[at].word]
    if len(said) < FEWEST_WORDS or not lexicon.DENYING.isdisjoint(said):
        return None
    made: list[Call] = []
    offers: Sequence[Offer] = shortlist.offers
    if len(offers) > MOST_OFFERS:
        offers = [each.offer for each in shortlist.top(reader.text.plain, NEAREST)]
    for offer in offers:
        words = read_action_words(offer, shortlist)
        if any(words.verbs.get(stem(each), 0.0) >= 1.0 for each in said):
            return None  # "5008: cancel"
        for text in offer.required:
            record = next((each for each in offer.required if each != text), None)
            kind = reader.kinds.get(offer.annotation(record).record or "") if record is not None else None
            if kind is None or record is None or len(offer.required) > 2 or not writes_note(reader, offer, text):
                continue
            phrase = read_phrase(reader, 0, colon, kind)
            own = phrase is not None and phrase.last == colon and phrase.find.record == kind.name
            if phrase is not None and own and (phrase.noun or is_code(reader, 0, kind)) and not phrase.find.bare:
                quote = reader.words(colon + 1, len(reader.tokens))
                arguments = {record: RecordArgument(reference=phrase.find), text: QuotedText(quote=quote)}
                made.append(Call(action=offer.name, arguments=arguments))
    return made[0] if len(made) == 1 else None
