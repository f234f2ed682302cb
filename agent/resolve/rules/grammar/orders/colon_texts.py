"""Texts behind a mark of their own: the one text that an action needs behind a colon, and those that are called by a
preposition ("from the yard to the gate")."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from agent.extract.parameter_reader import read_exact
from agent.resolve.rules.grammar.orders.text_parameters import is_message, is_note, takes_text
from agent.resolve.rules.grammar.orders.texts import LEADING, WEIGHTY, tells_that, writes_note
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.reader import Reader
from registry.offers.offer import Offer

_WAYS: Final = frozenset(("from", "to", "for"))
_CHANGING: Final = WEIGHTY | {"too", "also", "scratch"}
"""What may change the order, and be no part of a text."""
_WHERE: Final = frozenset(("in", "at", "on"))


def find_text_behind_colon(
    reader: Reader, offer: Offer, place: tuple[int, int], verbs: Mapping[int, float], labels: Collection[int]
) -> tuple[int, int] | None:
    """The text: "log a visit to Ada: she has moved". Before a note "that" and a dash are as good as a colon. A name or
    title ends before what is said of the new thing besides: "new guest: Ada Berg, 2 nights". None if the first of the
    ``labels`` of other texts stands there."""
    first, stop = place
    texts = [name for name in offer.required if takes_text(name, offer.properties.get(name), offer.annotation(name))]
    sure = [at for at, much in verbs.items() if much > 0.5]
    notes = len(texts) == 1 and writes_note(reader, offer, texts[0], sure)
    marks = range(first + 2, stop - 1)
    dashes = {at for at in marks if notes and (reader.low(at) in ("-", "–") or tells_that(reader, first, at))}
    commas = (at for at in marks if notes and reader.low(at) == "," and not _continues(reader, first, at))
    colon = next((at for at in marks if reader.low(at) == ":" or at in dashes), next(commas, None))
    if len(texts) != 1 or colon is None or colon in reader.quoted or min(sure, default=colon) >= colon:
        return None
    if "@" in reader.tokens[colon + 1].text and colon + 2 == stop:
        return None  # "mail for Ada: ada@example.org"
    if colon + 1 in labels:
        return None
    annotation = offer.annotation(texts[0])
    prose = is_message(texts[0], annotation) or is_note(texts[0], annotation)
    return colon + 1, stop if prose else _find_end_of_title(reader, offer, (colon + 1, stop), labels)


def _continues(reader: Reader, first: int, comma: int) -> bool:
    """Whether no record may be named before a comma ("make a note, Ada rang"), or another one behind it, or what
    changes the order: "note on 7, not on 9"."""
    behind = reader.low(comma + 1)
    named = not (_WAYS | _WHERE).isdisjoint(reader.lows(first, comma - first))
    rest = {*reader.lows(comma + 1, len(reader.tokens) - comma - 1)}
    return not named or comma + 1 in reader.numbers or not rest.isdisjoint(_CHANGING) or any(map(str.isdigit, behind))


def find_texts_behind_prepositions(reader: Reader, offer: Offer, first: int, stop: int) -> dict[str, tuple[int, int]]:
    """The texts that are labelled by a preposition: "from the yard", of what is called "From"."""
    made: dict[str, tuple[int, int]] = {}
    ends = reader.dated | reader.hours.keys() | {at for at in range(first, stop) if reader.low(at) in _WAYS}
    ends |= {at for at in range(first, stop) if reader.is_mark(at) or reader.tokens[at].text in "\"'“‘«"}
    for name, schema in offer.properties.items():
        annotation = offer.annotation(name)
        label = (annotation.label or "").casefold()
        if label not in LEADING or not takes_text(name, schema, annotation):
            continue
        at = next((step for step in range(first, stop) if reader.low(step) == label), stop) + 1
        end = min([each for each in ends if each >= at], default=stop)
        while end > at and reader.low(end - 1) in LEADING:
            end -= 1  # "(from the yard) at 9"
        made |= {name: (at, end)} if at < end else {}
    return made


def _find_end_of_title(reader: Reader, offer: Offer, place: tuple[int, int], labels: Collection[int]) -> int:
    """Where the last parts of a list begin that are, as a whole, values of other parameters or labelled so, or where a
    record of one is named behind a preposition: "mend the lamp in room 5, urgent"."""
    first, stop = place
    for at in range(stop - 1, first, -1):
        if reader.tokens[at].text == ",":
            if at + 1 not in labels and not any(
                _reads(reader, reader.words(at + 1, stop).text, offer, name) for name in offer.properties
            ):
                break
            stop = at
    at = next((step for step in range(stop - 2, first, -1) if reader.low(step) in _WHERE), first)
    kinds = (reader.kinds.get(note.record or "") for note in offer.annotations.values())
    phrases = (read_phrase(reader, at + 1, stop, kind) for kind in kinds if kind is not None and at > first)
    named = (each for each in phrases if each is not None and each.noun and each.find.said is not None)
    return at if any(each.last == stop for each in named) else stop


def _reads(reader: Reader, said: str, offer: Offer, name: str) -> bool:
    """Whether words are a value of a parameter that takes neither a text nor a record."""
    schema, annotation = offer.properties.get(name), offer.annotation(name)
    if not isinstance(schema, Mapping) or takes_text(name, schema, annotation) or annotation.record is not None:
        return False
    read = read_exact(said, name=name, schema=schema, annotation=annotation, now=reader.now)
    return annotation.takes_words and read is not None
