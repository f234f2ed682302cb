"""Slot filling: assigns words to parameters.

It weighs every reading of every parameter. Two parameters share words only for a reason. Records in a row ("close
tickets 5524, 5525 and 5526") make a call each.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.parameter_spec import can_be_said, make_parameter_spec
from agent.extract.reading import Reading
from agent.extract.references.find import find
from agent.extract.references.parse import parse
from agent.extract.references.vocabulary import HashableById, rate_person_likeness
from agent.pipeline import Argument, Choice, Draft, ListArgument, Mention, Span, list_spans
from agent.resolve.rules.clauses import find_head, is_order
from agent.resolve.rules.mentions import (
    drop_destinations,
    find_listed_together,
    find_substitutions,
    list_phrases,
    make_span,
    trim_to_others,
)
from agent.resolve.rules.span_assignment import SpanOption, assign_spans
from language.stems import GENERIC, name_stems, stem_text
from registry.contract import Annotation, SourceKind, Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

# Readings below these are guesses (agent.extract says so from 0.4 down) and are asked about. Optional parameters are
# filled only by clear readings.
REQUIRED_LEAST: Final = 0.41
# The only number, with nothing beside it that says what it counts.
BARE_NUMBER: Final = 0.4
OPTIONAL_LEAST: Final = 0.6
PLAIN: Final = 0.8
QUOTES: Final = frozenset("\"'“”‘’«`")
# A word of a closed list may stand inside a phrase that also names a record ("the open order"), if it fits this well.
SHARED_LEAST: Final = 0.8
MOST_READINGS: Final = 8
_YEAR: Final = re.compile(r"\b(?:19|20)\d\d\b")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}/\d{2}/\d{4}")
_NAMED_DAY: Final = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|^\W*(?:the\s+)?\d{1,2}(?:st|nd|rd|th)?\W*$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class SlotFilling:
    """What the words of one clause give an offer's parameters. ``spans`` are the used offsets in the request.
    ``missing`` are the required parameters without a value or default. ``confidence`` is by parameter."""

    arguments: Mapping[str, Argument]
    missing: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    confidence: Mapping[str, float]


def fill_slots(text: str, start: int, offer: Offer, kinds: Sequence[RecordKind], now: datetime) -> SlotFilling:
    """The arguments for ``offer`` from ``text``, which begins at offset ``start`` of the request's words."""
    return _fill_cached(text, start, HashableById((offer, *kinds)), now)


@lru_cache(maxsize=64)
def _fill_cached(text: str, start: int, these: HashableById, now: datetime) -> SlotFilling:
    """Cached: the likeliest offers read the words, and the one that the model takes reads them again."""
    offer, *rest = these.kinds
    kinds: tuple[RecordKind, ...] = tuple(rest)
    options: dict[str, list[SpanOption]] = {}
    numbers: dict[str, list[SpanOption]] = {}
    required = set(offer.required)
    what = frozenset(
        (*name_stems(offer.name), *stem_text(offer.title), *stem_text(offer.description.partition(". ")[0]), *GENERIC)
    )
    verb = find_order_verb(text)
    for at, (name, schema) in enumerate(offer.properties.items()):
        annotation = offer.annotation(name)
        if not can_be_said(annotation):
            continue
        changed = any(offer.annotation(other).like == name for other in offer.properties)
        found = _list_options(text, start, name, at, schema, annotation, kinds, now, name in required, changed)
        numeric = isinstance(schema, Mapping) and schema.get("type") in ("integer", "number")
        if name in required and numeric and annotation.record is None:
            numbers[name] = [each for each in found if each.confidence >= BARE_NUMBER]
        least = REQUIRED_LEAST if name in required else OPTIONAL_LEAST
        options[name] = [
            each
            for each in found
            if each.confidence >= least
            and not _names_action(each, text[each.start - start - 1 : each.start - start], what, verb)
        ]
    for name in options:
        if offer.annotation(name).record is not None:
            options[name] = trim_to_others(
                drop_destinations(options, name, text, start, offer, kinds),
                text,
                start,
                [each for other in options if other != name for each in options[other]],
            )
    annotations = {name: offer.annotation(name) for name in options}
    named = [name for name, each in annotations.items() if each.record and SourceKind.RECORD not in each.sources]
    taken = assign_spans(options, required, named)
    wanting = [name for name in numbers if name not in taken]
    if len(wanting) == 1:
        # "Order 40 of TEA-250": one number is said, and one is needed.
        free = [each for each in numbers[wanting[0]] if not any(each.blocks(other) for other in taken.values())]
        if len(free) == 1:
            taken[wanting[0]] = free[0]
    for at, name in enumerate(offer.properties):
        like = taken.get(offer.annotation(name).like or "")
        others = [each for each in taken.values() if each is not like]
        become = find_substitutions(text, start, name, at, like, others) if like is not None else None
        if become is not None:
            taken[name] = become
    return SlotFilling(
        arguments={name: taken[name].argument for name in offer.properties if name in taken},
        missing=offer.list_missing(taken),
        spans=tuple(sorted((each.start, each.end) for each in taken.values())),
        confidence={name: each.confidence for name, each in taken.items()},
    )


def find_order_verb(text: str) -> str | None:
    """The verb of the order, if there is one. In other words ("any thrillers?") the first content word orders
    nothing."""
    verb = find_head(text)
    return verb if verb is not None and is_order(verb) else None


def _names_action(option: SpanOption, before: str, what: frozenset[str], verb: str | None) -> bool:
    """Whether the words only name the action and so can't be its value: the order's verb, or words of the action's name
    ("a one way flight" is no city). Quoted words, clear values and words of a closed list stay values."""
    if before and before in QUOTES:
        return False
    words = " ".join(span.text for span in list_spans(option.argument))
    said = stem_text(words)
    if isinstance(option.argument, Choice):
        return said == [verb] and str(option.argument.value).casefold() != words.casefold()
    # A number in an action's name ("Homes_2") says nothing about numbers in a request.
    return bool(said) and (
        said == [verb] or (option.confidence < PLAIN and what.issuperset(said) and not all(map(str.isdigit, said)))
    )


def _list_options(
    text: str,
    start: int,
    name: str,
    at: int,
    schema: Any,
    annotation: Annotation,
    kinds: Sequence[RecordKind],
    now: datetime,
    required: bool,
    changed: bool,
) -> list[SpanOption]:
    schema = schema if isinstance(schema, Mapping) else {}
    kind = next((each for each in kinds if each.name == annotation.record), None)
    if kind is not None:
        many = schema.get("type") == "array" or annotation.each is True
        return [] if annotation.like else list_phrases(text, start, name, at, kind, kinds, many=many, changed=changed)
    readings = scan(text, name=name, schema=schema, annotation=annotation, now=now, required=required)
    made = []
    together: list[tuple[int, int, Choice, float]] = []
    for reading in readings[:MOST_READINGS]:
        argument = _make_argument(reading, text, start, name, schema, annotation, now)
        if argument is None:
            continue
        if annotation.each and isinstance(argument, Choice):
            together.append((reading.start, reading.end, argument, reading.confidence))
        shared = isinstance(argument, Choice) and reading.confidence >= SHARED_LEAST
        # "250 euros" gives an amount and its currency.
        shared = shared or (
            annotation.unit is None and make_parameter_spec(name, schema, annotation).kinds == ("currency",)
        )
        whole = SpanOption(name, at, start + reading.start, start + reading.end, reading.confidence, shared, argument)
        made.append(whole)
    for run in find_listed_together(text, [(first, last) for first, last, _, _ in together]):
        items = [next(each for each in together if each[:2] == place) for place in run]
        argument = ListArgument(items=tuple(choice for _, _, choice, _ in items))
        sure = max(confidence for *_, confidence in items)
        made.insert(0, SpanOption(name, at, start + run[0][0], start + run[-1][1], sure, False, argument))
    return made


def _make_argument(
    reading: Reading, text: str, start: int, name: str, schema: Mapping[str, Any], annotation: Annotation, now: datetime
) -> Argument | None:
    """A member of a closed list, or words. Only words that code can read again by themselves."""
    span = make_span(text, start, reading.start, reading.end)
    if "enum" in schema or "const" in schema or schema.get("type") == "boolean":
        return Choice(value=reading.value, spans=(span,))
    year = _find_year_elsewhere(reading, text)
    if year is not None:
        dated = read_exact(f"{reading.text} {year[0]}", name=name, schema=schema, annotation=annotation, now=now)
        if dated is not None and year[0] in str(dated.value):
            return Mention(spans=(span, make_span(text, start, year.start(), year.end())))
    again = read_exact(reading.text, name=name, schema=schema, annotation=annotation, now=now)
    if isinstance(reading.value, list) and (again is None or again.value != reading.value):
        return _make_list(reading, text, start)
    return None if again is None else Mention(spans=(span,))


def _find_year_elsewhere(reading: Reading, text: str) -> re.Match[str] | None:
    """The one year in a request, for a day without its own: "from April 18th 2023 until April 24th"."""
    if not _DAY.match(str(reading.value)) or _YEAR.search(reading.text) or not _NAMED_DAY.search(reading.text):
        return None
    years = list(_YEAR.finditer(text))
    return years[0] if len({year[0] for year in years}) == 1 else None


def _make_list(reading: Reading, text: str, start: int) -> ListArgument | None:
    """The items of a list, each in words of its own."""
    items = []
    at = reading.start
    for value in reading.value:
        found = text.find(str(value), at, reading.end)
        if found < 0:
            return None
        at = found + len(str(value))
        # "-122.2730" is read as -122.273, but rests on all its digits.
        while not isinstance(value, str) and at < reading.end and text[at].isdigit():
            at += 1
        items.append(Mention(spans=(make_span(text, start, found, at),)))
    return ListArgument(items=tuple(items)) if items else None


_BETWEEN: Final = re.compile(
    r"\s*(?:,|;|&|\+|\band\b|\bplus\b|\b(?:as\s+well\s+as|along\s+with|together\s+with)\b)\s*(?:(?:and|also)\s+)?",
    re.IGNORECASE,
)
_EACH: Final = re.compile(r"\b(?:each|apiece|both)\b", re.IGNORECASE)


def expand_coordination(draft: Draft, text: str, offer: Offer, kinds: Sequence[RecordKind]) -> tuple[Draft, ...]:
    """``draft`` once for each record listed beside the one it names, by number or name. Unchanged if none is.

    An amount may be meant for each record or for all together. Unless "each" is said, such a draft isn't split and
    names all records, which is asked about.
    """
    summed = any(offer.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR) for name in draft.arguments)
    for name, argument in draft.arguments.items():
        kind = next((each for each in kinds if each.name == offer.annotation(name).record), None)
        if kind is None or not isinstance(argument, Mention) or len(argument.spans) != 1:
            continue
        span = argument.spans[0]
        first = parse(span.text, kind, kinds).number
        if (offer.properties.get(name) or {}).get("type") == "array":
            continue
        if first is None:
            places = _find_names_around(text, span, kind, kinds)
            if len(places) > 1 and summed and not _EACH.search(text):
                every = tuple(Mention(spans=(Span(start=a, end=b, text=text[a:b]),)) for a, b in places)
                return (draft.model_copy(update={"arguments": {**draft.arguments, name: ListArgument(items=every)}}),)
            if len(places) > 1:
                return tuple(_with(draft, name, text, start, end) for start, end in places)
            continue
        if summed and not _EACH.search(text):
            return (draft,)
        nouns = "|".join(re.escape(noun) for noun in sorted(kind.nouns, key=len, reverse=True))
        item = rf"(?:the\s+)?(?:(?:{nouns})\s+)?(?P<code>#?(?:[A-Za-z]{{1,6}}-?)?\d[\w-]*)(?![\w.,]?\w)"
        items = [found.span() for found in re.finditer(item, text, re.IGNORECASE) if _alike(found["code"], first)]
        places = _find_around(text, items, span)
        if len(places) > 1:
            return tuple(_with(draft, name, text, start, end) for start, end in places)
    return (draft,)


def _find_names_around(text: str, span: Span, kind: RecordKind, kinds: Sequence[RecordKind]) -> list[tuple[int, int]]:
    """The names around ``span`` with only commas and "and" between them, if the kind's records have names."""
    if rate_person_likeness(kind) != 2:
        return []
    every = sorted({*find(text, kind, kinds), (span.start, span.end)})
    apart = [
        place
        for place in every
        if not (place[0] < span.end and span.start < place[1]) or place == (span.start, span.end)
    ]
    return _find_around(text, [place for place in apart if text[place[0]].isupper()], span)


def _find_around(text: str, every: list[tuple[int, int]], span: Span) -> list[tuple[int, int]]:
    """The spans around ``span`` with only commas and "and" between them."""
    at = next((index for index, (start, end) in enumerate(every) if start < span.end and span.start < end), None)
    if at is None:
        return []
    low = high = at
    while low > 0 and _BETWEEN.fullmatch(text[every[low - 1][1] : every[low][0]]):
        low -= 1
    while high + 1 < len(every) and _BETWEEN.fullmatch(text[every[high][1] : every[high + 1][0]]):
        high += 1
    return every[low : high + 1]


def _with(draft: Draft, name: str, text: str, start: int, end: int) -> Draft:
    words = Mention(spans=(Span(start=start, end=end, text=text[start:end]),))
    return draft.model_copy(update={"arguments": {**draft.arguments, name: words}})


def _alike(code: str, first: str) -> bool:
    """Whether two codes can be of one kind: they have equally many digits, so "invoice 1042 and 20 EUR" is no list."""
    return len(re.sub(r"\D", "", code)) == len(re.sub(r"\D", "", first))
