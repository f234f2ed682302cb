"""Labelled values: words that are said with the name of their parameter ("given name Ada, surname Berg", "desk: 12",
"Ada's email to …"), and a name that a platform keeps in several parts."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from agent.extract.parameter_spec import can_be_said
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.text_parameters import KEPT, is_message, is_note, takes_text
from agent.resolve.rules.grammar.orders.texts import find_end
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import singularize, split_name
from registry.offers.offer import Offer
from registry.records import RecordKind

_MOST_WORDS: Final = 4
"""Words of whose a value is, at most: "the desk of Ada Keel"."""
_MARKS: Final = frozenset((":", "="))
_OPENING: Final = frozenset((",", ";", ":", "-", "–", "(", "with", "and", "&", "plus"))
"""What stands before a label that opens a part of a list."""
_LEADING: Final = _OPENING | lexicon.DETERMINERS | lexicon.OWNERS
_WHOSE: Final = frozenset(("of", "for"))
_QUOTES: Final = frozenset("\"'“”‘’«»")
_AIMING: Final = frozenset(("to", "into"))
_NO_VALUE: Final = (lexicon.NAME_STOP | lexicon.PRONOUNS | lexicon.OWNERS) - {"a", "an", "the", "no"}
"""What begins no value of a label without a mark: "the note is …", "text her"."""
_FIELD: Final = re.compile(r"\{(\w+)\}")
_BETWEEN: Final = {" ": 1, ", ": -1}
"""What joins the parts of a name in a record's label, and which way round they are then said."""


class Label(NamedTuple):
    """The name of a parameter in a request, ``first`` up to ``last``. ``new`` is where the value begins that its field
    gets ("Ida" of "Ada's given name to Ida"), 0 if none is said."""

    name: str
    first: int
    last: int
    new: int = 0


def find_labels(reader: Reader, offer: Offer, first: int, stop: int) -> Iterator[Label]:
    """The labels of parameters that take no record, each in as many words as it has, and before a new value in one of
    them. None that two parameters share."""
    whole: dict[tuple[str, ...], set[str]] = {}
    parts: dict[tuple[str, ...], set[str]] = {}
    for name in offer.properties:
        annotation = offer.annotation(name)
        for words in (split_name(name), (annotation.label or "").casefold().split()) if not annotation.record else ():
            said = tuple(map(stem, words))
            whole.setdefault(said, set()).add(name)
            for each in said:
                parts.setdefault((each,), set()).add(name)
    sizes = sorted({*map(len, whole), 1} - {0}, reverse=True)
    at = first
    while at < stop:
        said = tuple(stem(reader.low(step)) for step in range(at, min(at + sizes[0], stop)))
        size = next((size for size in sizes if len(said) >= size and said[:size] in whole), 0)
        new = _find_new(reader, (at, at + max(size, 1)), stop)
        names = whole[said[:size]] if size else parts.get(said[:1], set()) if new else set[str]()
        size = max(size, 1)
        if len(names) == 1:
            yield Label(next(iter(names)), at, at + size, new)
        at += size


def _find_new(reader: Reader, label: tuple[int, int], stop: int) -> int:
    """Where the new value of a field begins: "set Ada's desk to the corner one", "the desk of Ada to the corner one".
    "Add the note to 7" gives none."""
    first, last = label
    of = reader.low(last) in _WHOSE
    kept = not of and not KEPT.isdisjoint(map(stem, reader.lows(first, last - first)))
    before = lexicon.OWNERS if kept else lexicon.OWNERS | lexicon.DEFINITE
    if not first or not (reader.tokens[first - 1].owns or reader.low(first - 1) in before):
        return 0
    end = min(last + 1 + _MOST_WORDS * of, stop)
    to = next((step for step in range(last, end) if reader.low(step) in _AIMING), stop)
    return to + 1 if to + 1 < stop else 0


def find_listed(reader: Reader, offer: Offer, stop: int) -> dict[int, bool]:
    """Where labels stand that a value follows, and whether they are no verb: of several words, or in the plural. Others
    have a colon, a number or an address behind them."""
    made: dict[int, bool] = {}
    for label in find_labels(reader, offer, 0, stop):
        low, behind = reader.low(label.last - 1), reader.low(label.last + (reader.low(label.last) == "+"))
        noun = (label.last - label.first > 1 or singularize(low) != low) and _opens(reader, offer, label)
        if noun or behind in _MARKS or any(char.isdigit() or char == "@" for char in behind):
            made[label.first] = noun
    return made


def find_set_fields(reader: Reader, offer: Offer, first: int, stop: int) -> Iterator[Label]:
    """The labels of a record's fields that are told to become something else: "change Ada's email to …"."""
    notes = (offer.annotation(name) for name in offer.properties)
    kinds = [kind for note in notes if (kind := reader.kinds.get(note.record or "")) is not None]
    for label in find_labels(reader, offer, first, stop):
        if label.new and any(kind.field_named(label.name) is not None for kind in kinds):
            yield label


def find_labelled_texts(reader: Reader, offer: Offer, first: int, stop: int) -> dict[Label, tuple[int, int]]:
    """The texts that are a field's new value, or stand behind a label that has a colon or opens a part of a list, and
    codes behind any label. They end at the next mark or label. A second text for one parameter is left unread."""
    labels = find_labels(reader, offer, first + 1, stop)  # "note: Ada moved" begins with its verb
    opening = [each for each in labels if each.new or _opens(reader, offer, each)]
    made: dict[Label, tuple[int, int]] = {}
    for label, following in itertools.zip_longest(opening, opening[1:]):
        annotation = offer.annotation(label.name)
        if not takes_text(label.name, offer.properties[label.name], annotation) or not can_be_said(annotation):
            continue
        begin = label.new or label.last + (reader.low(label.last) in _MARKS | lexicon.BE)
        begin += begin < stop and reader.tokens[begin].text in _QUOTES
        text = begin, find_text_end(reader, begin, following.first if following is not None else stop)
        if label.first not in reader.quoted and text[0] < text[1] and all(label.name != each.name for each in made):
            made[label] = text
    return made


def find_text_end(reader: Reader, begin: int, stop: int) -> int:
    """Where a text ends: with its quotation, before the "and" behind a code, at a mark, or before what leads to the
    label at ``stop``."""
    if reader.tokens[begin - 1].text in _QUOTES:
        return next((at for at in range(begin, stop) if reader.tokens[at].text in _QUOTES), stop)
    end = find_end(reader, begin, stop)
    if any(map(str.isdigit, reader.low(begin))):
        end = next((at for at in range(begin, end) if reader.joint(at)), end)
    while end > begin and (reader.low(end - 1) in _LEADING or (end == stop and reader.tokens[end - 1].owns)):
        end -= 1
    return end


def _opens(reader: Reader, offer: Offer, label: Label) -> bool:
    """Whether a value stands behind a label."""
    before, behind = reader.low(label.first - 1), reader.low(label.last)
    annotation = offer.annotation(label.name)
    message = is_message(label.name, annotation)
    prose = message or is_note(label.name, annotation)
    if behind in _MARKS:
        # "Ada's message: …" is what she said
        return not (message and label.first and reader.tokens[label.first - 1].owns)
    coded = not prose and reader.noun(label.first) is None
    if coded and any(map(str.isdigit, reader.low(label.last + (behind in lexicon.BE)))):
        return True
    if message or not behind or behind in _NO_VALUE:
        return False
    several = label.last - label.first > 1 and before not in lexicon.DETERMINERS | lexicon.OWNERS
    return before in _OPENING or several


def list_name_parts(offer: Offer, kinds: Iterable[RecordKind]) -> tuple[str, ...]:
    """The texts that one of these kinds keeps a name in, as they are said: the first name before the last. Empty if a
    name is kept whole."""
    for kind in kinds:
        fields = [*_FIELD.finditer(kind.label)]
        ways = {kind.label[one.end() : other.start()] for one, other in itertools.pairwise(fields)}
        names = [each[1] for each in fields]
        texts = [name for name in names if takes_text(name, offer.properties.get(name), offer.annotation(name))]
        if len(ways) == 1 and ways <= _BETWEEN.keys() and texts == names:
            return tuple(names[:: _BETWEEN[ways.pop()]])
    return ()


def split_parts(parts: Sequence[str], name: tuple[int, int]) -> dict[str, tuple[int, int]]:
    """A name in its parts, a word each; a single word is the first. Empty if it has other words, which may belong to
    either."""
    words = range(*name)
    return {part: (at, at + 1) for part, at in zip(parts, words, strict=False)} if len(words) in (1, len(parts)) else {}
