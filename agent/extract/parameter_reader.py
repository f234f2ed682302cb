"""Parameter reader: chooses the reader for a parameter's type (``parameter_types``), which turns words into typed
values. ``parameter_spec`` decides the type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, assert_never

from agent.extract import arrays, booleans, codes, enums, number_parameters, strings
from agent.extract.context import rate_label
from agent.extract.parameter_spec import UNITS, ParameterSpec, make_parameter_spec, stem_word
from agent.extract.reading import Candidate, Reading, settle
from agent.extract.spans import money, patterns, places
from agent.extract.time import date_parameters
from language.text import Text, read_text, word_set
from registry.contract import Annotation, Unit
from registry.parameter_types import ParameterType
from registry.patterns import compile_pattern


def scan(
    text: str, *, name: str, schema: Mapping[str, Any], annotation: Annotation, now: datetime, required: bool = False
) -> list[Reading]:
    """Every place of ``text`` that can be a value of this parameter, best first.

    ``now`` is aware, and days are those of its zone. ``required`` admits guesses that an optional parameter would
    rather leave out.
    """
    read = read_text(text)
    spec = make_parameter_spec(name, schema, annotation)
    found = gather(read, spec, now, required=required)
    best: dict[tuple[int, int, str], Candidate] = {}
    for each in found:
        key = (each.start, each.end, repr(each.value))
        if each.end > each.start and (key not in best or best[key].weight < each.weight):
            best[key] = each
    ranked = sorted(best.values(), key=lambda each: (-each.weight, each.start, -each.end))
    return [settle(read, each, each.weight) for each in ranked if each.weight > 0.02]


def gather(read: Text, spec: ParameterSpec, now: datetime, *, required: bool) -> list[Candidate]:
    """The findings of each of the target's readers. A later reader counts a little less than the one before it."""
    made: list[Candidate] = []
    for step, kind in enumerate(spec.kinds):
        found = _read(read, spec, kind, now, required=required)
        made += [replace(each, weight=each.weight - 0.05 * step) for each in found] if step else found
    return [each for each in made if is_allowed(spec, each.value)]


def _read(read: Text, spec: ParameterSpec, kind: ParameterType, now: datetime, *, required: bool) -> list[Candidate]:
    match kind:
        case "enum":
            return enums.find(read, spec, spec.enum)
        case "options":
            return enums.find(read, spec, spec.options)
        case "boolean":
            return booleans.find(read, spec)
        case "money":
            return number_parameters.find_sums(read, spec, now)
        case "number":
            return number_parameters.find_numbers(read, spec, now)
        case "percent":
            return number_parameters.find_percentages(read, spec)
        case "duration":
            return number_parameters.find_lengths(read, spec)
        case "currency":
            return number_parameters.find_currencies(read, spec)
        case "date":
            return date_parameters.find_days(read, spec, now)
        case "time":
            return date_parameters.find_clock_times(read, spec, now)
        case "datetime":
            return date_parameters.find_date_times(read, spec, now)
        case "epoch":
            return date_parameters.find_date_times(read, spec, now, epoch=True)
        case "email" | "url" | "phone" | "uuid" | "ip":
            return codes.find_shaped(read, spec, kind)
        case "pattern":
            return patterns.find_labelled(read, spec)
        case "code":
            return codes.find_codes(read, spec, now)
        case "month":
            return date_parameters.find_months(read, spec, now)
        case "joined":
            return arrays.find_joined(read, spec, now, gather, read_exact)
        case "array":
            return arrays.find(read, spec, now, gather, read_exact)
        case "text":
            made = strings.find_texts(read, spec, now, required=required)
            # An identifier is rarely a plain word.
            if spec.kinds[0] in {"code", "uuid"}:
                made = [_lower_doubtful(read, spec, each) for each in made]
            return places.find_formed(read, spec, made)
        case "object":
            return []
    assert_never(kind)


def _lower_doubtful(read: Text, spec: ParameterSpec, found: Candidate) -> Candidate:
    """Lowers the weight of plain words, unless they are quoted or follow the parameter's own words ("employee id
    Adriel")."""
    quoted = found.start > 0 and read.plain[found.start - 1] in "\"'`"
    if quoted or rate_label(read, found.start, found.end, spec) >= _LABELLED:
        return found
    value = str(found.value)
    initials = value.isupper() and len(value) > 1 and not read.raw.isupper()  # "MSFT", "USD"
    plain = (
        not initials and isinstance(found.value, str) and not any(char.isdigit() or char in "-_@/" for char in value)
    )
    return replace(found, weight=found.weight - (0.25 if plain else 0.0) - (0.35 if " " in value else 0.0))


def is_allowed(spec: ParameterSpec, value: Any) -> bool:
    """Whether the schema's own limits on text are kept."""
    if not isinstance(value, str):
        return True
    longest, shortest = spec.schema.get("maxLength"), spec.schema.get("minLength")
    if isinstance(longest, int) and len(value) > longest:
        return False
    if isinstance(shortest, int) and len(value) < shortest:
        return False
    pattern = spec.schema.get("pattern")
    if isinstance(pattern, str):
        rule = compile_pattern(pattern)
        return rule is None or rule.found_in(value)
    return True


def read_exact(
    words: str, *, name: str, schema: Mapping[str, Any], annotation: Annotation, now: datetime
) -> Reading | None:
    """The whole of ``words`` as one value, or None. A free string is the words themselves, without quotes.

    The stop behind one sentence is no part of it. Of several sentences or lines, it is: a stop after a word of four
    letters or more ends a sentence, one after fewer may be an abbreviation's.
    """
    read = read_text(words)
    spec = make_parameter_spec(name, schema, annotation)
    # A question mark or exclamation mark is part of verbatim text.
    text_marks = ",;" if _SEVERAL.search(read.plain.strip()) else ".,;"
    start, end = _trim_span(read.plain, text_marks if spec.kinds[-1:] == ("text",) else ".!?,;")
    if start >= end:
        return None
    found = _take_whole(read, spec, start, end, now)
    if found is None or not is_allowed(spec, found.value):
        return None
    # The span covers all the words that were read.
    first, last = read.span(start, end)
    made = settle(read, Candidate(start, end, found.value, found.how, found.shown), max(0.5, min(1.0, found.weight)))
    return Reading(made.value, first, last, read.raw[first:last], made.how, made.shown, made.confidence)


_SEVERAL: Final = re.compile(r"[^\W\d_]{4,}[.!?][\"')]?\s+\S|\n")
_LABELLED: Final = 0.3
_LITTLE: Final = word_set(
    "please his her their my our at on by for in the a an is around about exactly to of from until since it's its "
    "be as via with using "
    "= :"
)


_TIMES: Final = re.compile(r"^[x×]\s*(?=\d)", re.IGNORECASE)
"""Before a number of things: "tacks x 200"."""


def _trim_span(plain: str, marks: str) -> tuple[int, int]:
    start, end = 0, len(plain)
    while start < end and plain[start].isspace():
        start += 1
    while end > start and (plain[end - 1].isspace() or (plain[end - 1] in marks and end - start > 1)):
        end -= 1
    return start, end


def _take_whole(read: Text, spec: ParameterSpec, start: int, end: int, now: datetime) -> Candidate | None:
    words = read.plain[start:end]
    unquoted = words[1:-1] if len(words) > 2 and words[0] == words[-1] and words[0] in "\"'`" else words
    for kind in spec.kinds:
        if kind == "text":
            shift = 1 if unquoted is not words else 0
            value = read.original(start + shift, end - shift)
            candidates = places.find_formed(read, spec, [Candidate(start + shift, end - shift, value, weight=0.9)])
            return candidates[0]
        if kind in {"enum", "options"}:
            values = spec.enum if kind == "enum" else spec.options
            value = enums.read_whole(unquoted, values, spec.annotation.words)
            if value is not None:
                how = "" if str(value) == words else f"{words} → {value}"
                return Candidate(start, end, value, how, str(value), 0.98)
        if kind == "boolean":
            said = booleans.read_whole(unquoted)
            if said is not None:
                return Candidate(start, end, booleans.cast_boolean(spec, said), "", "yes" if said else "no", 0.98)
        if kind == "array":
            return arrays.read_whole(read, spec, start, end, now, read_exact)
        counts = spec.annotation.unit is Unit.COUNT
        number = number_parameters.read_whole_number(_TIMES.sub("", unquoted) if counts else unquoted)
        if kind == "number" and (spec.unit is not None or counts) and number is not None:
            value = number_parameters.cast_number(spec, number)
            if value is not None and number_parameters.is_within_limits(spec, value):
                return Candidate(
                    start, end, value, "" if words == str(value) else f"{words} → {value}", str(value), 0.9
                )
        within, first, last = read, start, end
        if kind == "time" and number is not None:  # "10", in answer to when
            within, first, last = read_text(f"at {unquoted}"), 0, len(unquoted) + len("at ")
        found = [
            each
            for each in _read(within, spec, kind, now, required=True)
            if _covers(within, spec, kind, each, first, last)
        ]
        found = [each for each in found if is_allowed(spec, each.value)]
        if found:
            best = max(found, key=lambda each: (each.weight, each.end - each.start))
            return replace(best, start=start, end=end, weight=best.weight + 0.2)
    return None


_UNITS: Final = frozenset(UNITS) | {"percent", "night", "nights"}


def _covers(read: Text, spec: ParameterSpec, kind: ParameterType, found: Candidate, start: int, end: int) -> bool:
    """Whether a reading covers all words except function words and the parameter's own ("his email a@b.c", "high
    priority"). A yes or no may be part of a sentence, and a count may precede what it counts."""
    if kind == "boolean":
        return found.weight > 0.4
    before = [token for token in read.tokens if start <= token.start < found.start]
    after = [token for token in read.tokens if found.end <= token.start < end]
    if kind == "number" and len(after) == 1 and after[0].low.isalpha() and after[0].low not in _UNITS and not before:
        return money.find_currency(after[0].low) is None
    return all(
        token.low in _LITTLE
        or token.text in "\"'`()#"
        or stem_word(token.low) in spec.own
        or (kind == "pattern" and stem_word(token.low) in spec.about)
        for token in (*before, *after)
    )
