"""Parameter type: decides once which of ``parameter_types`` a parameter is, from its name, JSON Schema, description and
annotation. ``parameter_reader`` reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import Stemmer  # type: ignore[import-not-found]

from agent.extract import description_hints
from agent.extract.counted_units import find_named_unit
from agent.extract.value_roles import Role, find_roles
from language.text import split_name, word_set
from registry.contract import Annotation, SourceKind, Unit
from registry.parameter_types import BY_FORMAT, ParameterType
from registry.patterns import compile_pattern

_STEMMER: Final = Stemmer.Stemmer("english", 0)
_GENERIC: Final = word_set("the a an of for to is has value param parameter field input data info new my user's s")
_STOP: Final = word_set(
    "the a an of for to in on at by with from and or is are be been was were will if it its this that these those "
    "as not no any all "
    "used use which who whose when where should can must may specified specify optional required default format "
    "value string "
    "integer number boolean list array object type example e.g i.e etc such set provided given name identifier "
    "unique represents "
    "indicates whether defaults the user parameter filter based"
)
UNITS: Final = {
    "second": "seconds", "seconds": "seconds", "sec": "seconds", "secs": "seconds", "minute": "minutes",
    "minutes": "minutes", "min": "minutes", "mins": "minutes", "hour": "hours", "hours": "hours", "day": "days",
    "days": "days", "week": "weeks", "weeks": "weeks", "month": "months", "months": "months", "year": "years",
    "years": "years", "ms": "milliseconds", "milliseconds": "milliseconds", "night": "days", "nights": "days",
}  # fmt: skip


_UNTELLING: Final = word_set("name title id identifier number value")
_OF_THING: Final = re.compile(
    r"^(?:the\s+)?(?:[\w-]+\s+){0,2}?(?:name|title|id|identifier|number)\s+(?:of|for)\s+(?:(?:the|a|an)\s+)?([a-z]{3,})\b(?!\s+[a-z]+\s*,)",
    re.IGNORECASE,
)


@lru_cache(maxsize=16384)
def stem_word(word: str) -> str:
    stem: str = _STEMMER.stemWord(word)
    return stem


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """The type of a parameter and its words.

    - ``kinds``: the readers to try, in order.
    - ``own``: stems of the name's words. ``about``: stems of the description's.
    - ``roles``: the role of the value ("origin", "title").
    - ``options``: values that the description lists.
    """

    name: str
    kinds: tuple[ParameterType, ...]
    types: tuple[str, ...]
    own: tuple[str, ...]
    about: frozenset[str]
    roles: frozenset[Role]
    description: str
    schema: Mapping[str, Any]
    annotation: Annotation
    enum: tuple[Any, ...] = ()
    options: tuple[str, ...] = ()
    unit: str | None = None
    minor: bool = False
    form: str | None = None
    items: Mapping[str, Any] = field(default_factory=dict)
    examples: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()
    zero_based: bool = False


def make_parameter_spec(name: str, schema: Mapping[str, Any], annotation: Annotation) -> ParameterSpec:
    """Builds the type of a parameter. Cached by identity first and by content second: the same parameters are asked
    about repeatedly, and serializing them costs most."""
    key = (name, id(schema), id(annotation))
    kept = _SAME.get(key)
    if kept is None:
        made = _make_spec(
            name,
            json.dumps(schema, default=dict, ensure_ascii=False),
            annotation.model_dump_json(exclude_defaults=True),
        )
        if len(_SAME) >= MOST_SAME:
            _SAME.clear()
        kept = _SAME[key] = (schema, annotation, made)  # while they are held, no other object has their ids
    return kept[2]


MOST_SAME: Final = 4096
_SAME: Final[dict[tuple[str, int, int], tuple[Mapping[str, Any], Annotation, ParameterSpec]]] = {}


@lru_cache(maxsize=4096)
def _make_spec(name: str, schema_text: str, annotation_text: str) -> ParameterSpec:
    schema: dict[str, Any] = json.loads(schema_text)
    annotation = Annotation.model_validate_json(annotation_text)
    for key in ("anyOf", "oneOf"):
        branches = [each for each in schema.get(key) or () if isinstance(each, dict) and each.get("type") != "null"]
        if branches and "type" not in schema and "enum" not in schema:
            schema = {**branches[0], **{kept: value for kept, value in schema.items() if kept != key}}
    described = schema.get("description")
    description = described if isinstance(described, str) else ""
    words = split_name(name)
    own = tuple(dict.fromkeys(stem_word(word) for word in words if word not in _GENERIC)) or tuple(
        stem_word(word) for word in words
    )
    if set(words) <= _UNTELLING and (thing := _OF_THING.search(description)) is not None:
        # "name": "The unique name of the project".
        own += tuple(
            stem_word(each) for each in (thing[1].lower(),) if each not in _STOP and stem_word(each) not in own
        )
    if annotation.label:
        own += tuple(
            stem_word(word)
            for word in annotation.label.lower().split()
            if word not in _STOP and stem_word(word) not in own
        )
    about = frozenset(stem_word(word) for word in re.findall(r"[a-z][a-z-]+", description.lower()) if word not in _STOP)
    given = schema.get("type")
    types = tuple(
        each for each in (given if isinstance(given, list) else [given]) if isinstance(each, str) and each != "null"
    )
    enum = tuple(each for each in schema.get("enum") or () if each is not None)
    if "const" in schema:
        enum = (schema["const"],)
    unit = _find_unit(words, description, annotation)
    made = ParameterSpec(
        name=name,
        kinds=(),
        types=types or (("string",) if not enum else ()),
        own=own,
        about=about - set(own),
        roles=find_roles(words, description),
        description=description,
        schema=schema,
        annotation=annotation,
        enum=enum,
        options=description_hints.list_options(description) if not enum else (),
        unit=unit,
        minor=bool(
            re.search(
                r"\b(?:in|as) cents\b|\(cents\b|minor units?|smallest (?:currency )?unit|currency's smallest|_cents$",
                description.lower() + " " + name,
            )
        ),
        form=description_hints.find_date_format(description),
        items=schema.get("items") if isinstance(schema.get("items"), dict) else {},  # type: ignore[arg-type]
        examples=description_hints.list_examples(description) if not enum else (),
        shapes=description_hints.list_shapes(description),
        zero_based="zero-based" in description.lower()
        or "0-based" in description.lower()
        or "zero based" in description.lower(),
    )
    return _with_kinds(made, words)


def _with_kinds(made: ParameterSpec, words: tuple[str, ...]) -> ParameterSpec:
    kinds: list[ParameterType] = []
    if made.enum:
        low = {str(value).lower() for value in made.enum}
        kinds = ["boolean" if {"true", "false"} <= low and len(low) <= 3 else "enum"]
    else:
        for each in made.types:
            kinds += [kind for kind in _of_type(made, each, words) if kind not in kinds]
    values = {slot: getattr(made, slot) for slot in made.__slots__}
    return ParameterSpec(**{**values, "kinds": tuple(kinds)})


def _of_type(made: ParameterSpec, kind: str, words: tuple[str, ...]) -> list[ParameterType]:
    unit = made.annotation.unit
    said = made.description.lower()
    if kind == "boolean":
        return ["boolean"]
    if kind == "array":
        return ["array"]
    if kind == "object":
        return ["object"]
    counted = find_named_unit(made.name, made.annotation.label or "") is not None  # "amount", labelled "Grams"
    money = unit in (Unit.MONEY, Unit.MONEY_MINOR) or (unit is None and _moneyed(words, said) and not counted)
    if kind in {"integer", "number"}:
        if money:
            return ["money"]
        if unit is Unit.PERCENT or "percent" in said or words[-1:] in (("percent",), ("percentage",)):
            return ["percent"]
        if re.search(r"unix|epoch|timestamp", said) and kind == "integer":
            return ["epoch", "number"]
        if words[-1:] == ("month",) and not made.unit:
            return ["month", "number"]
        if made.unit:
            return ["duration", "number"]
        return ["number"]
    return _of_string(made, words, said, money=money)


def _of_string(made: ParameterSpec, words: tuple[str, ...], said: str, *, money: bool) -> list[ParameterType]:
    named = set(words)
    declared = made.schema.get("format")
    if declared in BY_FORMAT:
        return [BY_FORMAT[str(declared)]]
    if pattern := made.schema.get("pattern"):
        return ["time"] if _takes_clock(str(pattern), made.form or "") else ["pattern"]
    form = made.form or ""
    last = words[-1] if words else ""
    if re.search(r"[yYdD]", form) and re.search(r"[hH]", form):
        return ["datetime"]
    if re.search(r"[hH]", form):
        return ["time"] if last != "date" else ["datetime"]
    if form and (named & _DATED or "date" in said or not named & {"name"}):
        return ["date"]
    if made.unit and (named & {"duration", "length", "minutes", "hours", "seconds", "days", "interval", "timeout"}):
        return ["duration", "number"]
    if (
        last in {"datetime", "timestamp"}
        or (named & _DATED and "time" in named)
        or re.search(r"date and time|datetime", said)
    ):
        return ["datetime", "date"]
    if named & _DATED or re.search(r"^(?:the\s+)?(?:\w+\s+){0,2}date\b", said):
        return ["date"]
    if last in {"time"} or re.search(r"^(?:the\s+)?(?:\w+\s+){0,1}time\b", said):
        return ["time"]
    if made.unit is None and last in {"year"}:
        return ["number"]
    if named & {"email", "mail", "emails"} and not named & {"body", "subject", "content", "id", "type", "template"}:
        return ["email"]
    if re.search(r"\bemail address", said) and "or" not in said.split():
        return ["email"]
    if named & {"url", "uri", "link", "webhook", "website", "href"}:
        return ["url", "text"]
    if named & {"phone", "mobile", "telephone", "fax", "msisdn"}:
        return ["phone"]
    if named & {"uuid", "guid"}:
        return ["uuid", "code", "text"]
    if named & {"ip"} or last == "host" or "ip address" in said:
        return ["ip", "url", "text"]
    if named & {"currency"} or "iso 4217" in said:
        return ["currency"]
    if money:
        return ["money"]
    if named & _COUNTED:
        return ["options", "number", "text"] if made.options else ["number", "text"]
    if made.options:
        return ["options", "text"]
    if re.search(r"comma[- ]separated|separated by commas", said):
        return ["joined", "text"]
    if "number" in named and re.search(r"\bnumber of\b", said):
        return ["number"]
    # "The name or identifier of the contact" is a name too.
    by_name = "name" in re.findall(r"[a-z]+", said.partition("identif")[0])
    if last in _CODED or (
        re.search(r"\b(?:identifier|id|uuid|digit)", said) and not by_name and "body" not in made.roles
    ):
        return ["code", "text"]
    return ["text"]


def _takes_clock(pattern: str, form: str) -> bool:
    """Whether a schema's pattern takes the times of a day, and no length of time ("30:00"), or says that it does."""
    rule = compile_pattern(pattern)
    hours = re.search(r"[hH]", form) and not re.search(r"[yYdD]", form)
    return (
        rule is not None and rule.covers("09:30") and rule.covers("23:59") and bool(hours or not rule.covers("30:00"))
    )


_DATED: Final = word_set("date dates day birthday dob deadline due checkin checkout since until")
_COUNTED: Final = word_set(
    "amount quantity count age percentage percent rating size zip zipcode limit capacity beds baths"
)
_CODED: Final = word_set("id ids code key token number no ref reference sku serial iban hash identifier")
_MONEYED: Final = word_set(
    "amount price cost fee budget salary payment balance total charge refund fare credit discount"
)


def _moneyed(words: tuple[str, ...], said: str) -> bool:
    if set(words) & {"type", "method", "id", "name", "status", "currency", "number", "date"}:
        return False
    if re.search(r"dollar|\bcents\b|currency|monetary|\busd\b|\beur\b|\beuros?\b", said):
        return bool(set(words) & _MONEYED) or bool(re.search(r"amount|price|cost|fee|monetary|fare|budget", said))
    return bool(
        set(words[-1:]) & {"price", "cost", "fee", "budget", "salary", "fare"}
        or words in (("amount",), ("refund", "amount"))
    )


def _find_unit(words: tuple[str, ...], description: str, annotation: Annotation) -> str | None:
    if annotation.unit in (Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS):
        return annotation.unit.value
    if annotation.unit is not None:
        return None
    for word in reversed(words):
        if word in UNITS and word not in {"day", "month", "year", "week", "min", "second", "minute", "hour", "m"}:
            return UNITS[word]
    match = re.search(
        r"\b(?:in|as|of)\s+(?:whole\s+)?(milliseconds|seconds|minutes|hours|days|weeks|months|years)\b",
        description.lower(),
    )
    if match is None:
        match = re.search(
            r"\bnumber of (milliseconds|seconds|minutes|hours|days|weeks|months|years|nights)\b", description.lower()
        )
    if match and match.group(1) in UNITS:
        return UNITS[match.group(1)]
    return None


def can_be_said(annotation: Annotation) -> bool:
    """Whether words can give it a value. A value taken from a record can be said only if the contract allows it."""
    if annotation.derive is not None:
        return "sources" in annotation.model_fields_set and annotation.takes_words
    return annotation.takes_words or SourceKind.RECORD in annotation.sources
