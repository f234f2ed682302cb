"""Array reader: reads "A, B and C" as items, each by the items' schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from agent.extract.context import rate_label
from agent.extract.parameter_spec import ParameterSpec, make_parameter_spec, stem_word
from agent.extract.reading import Candidate, Reading
from language.text import Text, singularize

Gather = Callable[..., list[Candidate]]
ReadExact = Callable[..., Reading | None]
"""Reader of an array's items. It is passed in, because the parameter reader itself reads arrays."""

_BETWEEN: Final = re.compile(
    r"^[\s'\"`\])}]*(?:,|;|\band\b|\bor\b|&|/|\bas well as\b|\bplus\b|\bthen\b|\balong with\b)"
    r"[\s,]*(?:\b(?:and|or|also|then)\b)?[\s'\"`\[({]*(?:\b(?:the|a|an|in|for|to|of)\b\s*)?$"
)
_BRACKETS: Final = re.compile(r"\[(?P<items>[^\[\]{}\n]+)\]|\((?P<numbers>\s*-?\d[\d.]*(?:\s*,\s*-?\d[\d.]*)+\s*)\)")
# A run of blanks is matched once and whole, not again from each of its places.
_SPLIT: Final = re.compile(
    r"(?<!\s)\s*+(?:,\s*+(?:(?:and|or)\s++)?|;\s*+|(?<=\s)(?:and|or|&)\s++)|(?<!\s)(?=[^\S\n]*+\n)\s++"
)


def find(text: Text, spec: ParameterSpec, now: datetime, gather: Gather, read_exact: ReadExact) -> list[Candidate]:
    """Runs of neighbouring items, longest and surest first. A single item is a list of one."""
    item = make_parameter_spec(singularize(spec.name), _get_item_schema(spec), spec.annotation)
    if item.kinds in (("object",), ("array",)):
        return []
    chosen: list[Candidate] = []
    # Free words make a list only if something shows that they are meant.
    loose = item.kinds[-1:] == ("text",)
    for each in sorted(gather(text, item, now, required=True), key=lambda found: -found.weight):
        if each.weight > (0.45 if loose else 0.15) and all(
            each.end <= other.start or each.start >= other.end for other in chosen
        ):
            chosen.append(each)
    chosen.sort(key=lambda found: found.start)
    made: list[Candidate] = _find_bracketed(text, spec, now, read_exact)
    run: list[Candidate] = []
    # Brackets make a list of their own.
    chosen = [each for each in chosen if not any(one.start <= each.start and each.end <= one.end for one in made)]
    for each in chosen:
        if run and not _BETWEEN.match(_strip_kind_words(text, spec, run[-1].end, each.start)):
            made.append(_join_items(text, spec, run))
            run = []
        run.append(each)
    if run:
        made.append(_join_items(text, spec, run))
    closed = item.kinds[:1] == ("enum",)
    if closed and len(chosen) > 1:
        # Members of a closed list count anywhere.
        sure = [each for each in chosen if each.weight > 0.5]
        if len(sure) > 1:
            made.append(_join_items(text, spec, sure))
    return made


def _find_bracketed(text: Text, spec: ParameterSpec, now: datetime, read_exact: ReadExact) -> list[Candidate]:
    """Lists in brackets: "[2.5, 3.6]", "['red', 'blue']"."""
    made: list[Candidate] = []
    for match in _BRACKETS.finditer(text.plain):
        items = [part.strip().strip("'\"`") for part in (match["items"] or match["numbers"]).split(",")]
        read = [_read_item(part, spec, now, read_exact) for part in items if part]
        if read and all(each is not None for each in read):
            values = [each.value for each in read if each is not None]
            weight = 0.65 + 0.8 * rate_label(text, match.start(), match.end(), spec)
            made.append(Candidate(match.start(), match.end(), values, "", ", ".join(map(str, values)), weight))
    return made


def _strip_kind_words(text: Text, spec: ParameterSpec, start: int, end: int) -> str:
    """The text between two items, without words that only name their kind: "37.87 and longitude -122.27"."""
    between = text.low[start:end]
    for word in re.findall(r"[a-z]+", between):
        if len(word) > 3 and (stem_word(word) in spec.about or stem_word(word) in spec.own):
            between = re.sub(rf"\b{word}\b\s*", "", between)
    return between


def _read_item(words: str, spec: ParameterSpec, now: datetime, read_exact: ReadExact) -> Reading | None:
    name, schema = singularize(spec.name), _get_item_schema(spec)
    return read_exact(words, name=name, schema=schema, annotation=spec.annotation, now=now)


def find_joined(
    text: Text, spec: ParameterSpec, now: datetime, gather: Gather, read_exact: ReadExact
) -> list[Candidate]:
    """A list in one string, with its items joined by commas."""
    schema = {"type": "string", "description": re.sub(r"comma[- ]separated|separated by commas", "", spec.description)}
    item = make_parameter_spec(singularize(spec.name), schema, spec.annotation)
    wrapped = replace(spec, items=schema, kinds=("array",))
    if item.kinds == ("joined", "text"):
        return []
    found = find(text, wrapped, now, gather, read_exact)
    return [replace(each, value=",".join(map(str, each.value))) for each in found]


def _get_item_schema(spec: ParameterSpec) -> Mapping[str, Any]:
    schema = dict(spec.items) or {"type": "string"}
    schema.setdefault("description", spec.description)
    return schema


def _join_items(text: Text, spec: ParameterSpec, run: list[Candidate]) -> Candidate:
    values = (
        list(dict.fromkeys(each.value for each in run))
        if all(isinstance(each.value, str | int | float) for each in run)
        else [each.value for each in run]
    )
    weight = max(each.weight for each in run) + 0.08 * min(3, len(run) - 1)
    weight += 0.2 * rate_label(text, run[0].start, run[-1].end, spec)
    limit = spec.schema.get("maxItems")
    if isinstance(limit, int) and len(values) > limit:
        weight = 0.0
    how = "; ".join(each.how for each in run if each.how)
    shown = ", ".join(each.shown or str(each.value) for each in run)
    return Candidate(run[0].start, run[-1].end, values, how, shown, weight)


def read_whole(
    text: Text, spec: ParameterSpec, start: int, end: int, now: datetime, read_exact: ReadExact
) -> Candidate | None:
    """All of the words as a list. Every part must be an item."""
    words = text.plain[start:end].strip("[]()")
    alone = _read_item(words, spec, now, read_exact)
    parts = [part.strip().strip("'\"") for part in _SPLIT.split(words) if part.strip()]
    if len(parts) <= 1:
        return Candidate(start, end, [alone.value], alone.how, alone.shown, 0.9) if alone is not None else None
    good = [made for part in parts if (made := _read_item(part, spec, now, read_exact)) is not None]
    if len(good) < len(parts):
        return Candidate(start, end, [alone.value], alone.how, alone.shown, 0.6) if alone is not None else None
    how = "; ".join(each.how for each in good if each.how)
    return Candidate(start, end, [each.value for each in good], how, ", ".join(each.shown for each in good), 0.9)
