"""Parameter linter: checks JSON Schemas, annotations, and the sources of each value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from core.errors import Finding
from registry.contract import Annotation, Contract, SourceKind, Unit
from registry.hints import find_nearest
from registry.json_schema.pointer import join_pointer
from registry.json_schema.schemas import explain_misfits, find_schema_faults

_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TOP: Final = frozenset(
    {"type", "properties", "required", "additionalProperties", "title", "description", "$defs", "$schema", "$comment"}
)


def lint_parameters(contract: Contract, pointer: str) -> Iterator[Finding]:
    """Every finding about ``parameters`` and ``annotations``. ``pointer`` is the contract's."""
    faults = list(_lint_schema(contract, f"{pointer}/parameters"))
    yield from faults
    if any(not finding.code.startswith("warn_") for finding in faults):
        return  # the checks below need a valid schema
    yield from _lint_annotations(contract, f"{pointer}/annotations")
    for name, schema in contract.properties.items():
        yield from _lint_property(contract, name, schema if isinstance(schema, Mapping) else {}, pointer)
    yield from _find_circles(contract, f"{pointer}/annotations")


def _lint_schema(contract: Contract, pointer: str) -> Iterator[Finding]:
    schema = contract.parameters
    if schema.get("type") != "object":
        yield Finding(f"{pointer}/type", "parameters_not_object", 'Parameters are an object: write "type": "object".')
    if schema.get("additionalProperties") is not False:
        yield Finding(
            f"{pointer}/additionalProperties",
            "additional_properties",
            'Undeclared parameters must be refused: write "additionalProperties": false.',
        )
    for key in schema:
        if key not in _TOP:
            yield Finding(
                pointer + join_pointer(key),
                "parameters_keyword",
                f"{key!r} can't stand at the top of parameters; say it of a property, or check it at the endpoint.",
            )
    for inner, why in find_schema_faults(schema):
        yield Finding(pointer + inner, "parameters_schema", f"The schema can't be used: {why}.")
    properties = schema.get("properties", {})
    if not isinstance(properties, Mapping):
        return
    for name, each in properties.items():
        if not _WORD.fullmatch(name):
            yield Finding(
                pointer + join_pointer("properties", name),
                "parameter_name",
                "A parameter's name is a lower-case word of letters, digits and underscores.",
            )
        if isinstance(each, bool):
            yield Finding(
                pointer + join_pointer("properties", name),
                "parameter_schema",
                "Write a schema object, not true or false.",
            )
    required = schema.get("required", ())
    for name in required if isinstance(required, list) else ():
        if isinstance(name, str) and name not in properties:
            yield Finding(
                f"{pointer}/required",
                "required_unknown",
                f"{name!r} is required but not a property{_suggest_near(name, properties)}",
            )


def _lint_annotations(contract: Contract, pointer: str) -> Iterator[Finding]:
    known = contract.properties
    for name, annotation in contract.annotations.items():
        here = pointer + join_pointer(name)
        if name not in known:
            yield Finding(here, "annotation_unknown", f"There is no parameter {name!r}{_suggest_near(name, known)}")
            continue
        for field, target in (
            ("of", annotation.of),
            ("like", annotation.like),
            ("derive/parameter", annotation.derive.parameter if annotation.derive else None),
            ("replaces/parameter", annotation.replaces.parameter if annotation.replaces else None),
            ("currency_from", annotation.currency_from),
        ):
            if target is None:
                continue
            if target == name:
                yield Finding(
                    f"{here}/{field}", "refers_to_itself", f"{name!r} can't refer to itself; name another parameter."
                )
            elif target not in known:
                yield Finding(
                    f"{here}/{field}",
                    "refers_to_unknown",
                    f"There is no parameter {target!r}{_suggest_near(target, known)}",
                )
            elif field != "currency_from" and contract.annotation(target).record is None:
                yield Finding(
                    f"{here}/{field}",
                    "refers_to_no_record",
                    f'{target!r} refers to no record; give it "record", or take this away.',
                )
        yield from _lint_record_words(annotation, here)


def _lint_record_words(annotation: Annotation, here: str) -> Iterator[Finding]:
    if annotation.record is None:
        for field, given in (
            ("field", annotation.field),
            ("filter", annotation.filter),
            ("order", annotation.order),
            ("of", annotation.of),
            ("like", annotation.like),
        ):
            if given:
                yield Finding(
                    f"{here}/{field}",
                    "needs_record",
                    f'{field!r} says which record is meant; add "record", or remove it.',
                )
    elif annotation.derive is not None:
        yield Finding(
            f"{here}/derive", "derive_and_record", "A value is derived from another's record or has its own; keep one."
        )
    if annotation.derive is not None and SourceKind.RECORD not in annotation.sources:
        yield Finding(
            f"{here}/sources", "derive_without_source", 'A derived value comes from a record; add "record" to sources.'
        )
    if annotation.currency is not None and annotation.currency_from is not None:
        yield Finding(
            f"{here}/currency_from", "two_currencies", "The currency is fixed or read from a parameter; keep one."
        )


def _lint_property(contract: Contract, name: str, schema: Mapping[str, Any], pointer: str) -> Iterator[Finding]:
    here, note = pointer + join_pointer("parameters", "properties", name), pointer + join_pointer("annotations", name)
    annotation = contract.annotation(name)
    yield from _lint_default(contract, name, schema, here)
    yield from _lint_words(schema, annotation, f"{note}/words")
    if not any(key in schema for key in ("type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf")):
        yield Finding(here, "warn_untyped", 'The parameter takes any value; say what it is with "type" or "enum".')
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        yield Finding(here, "warn_open_object", 'The object takes any field; write "additionalProperties": false.')
    sources = set(annotation.sources)
    possible = (
        annotation.takes_words
        or SourceKind.PROPOSED in sources
        or (SourceKind.RECORD in sources and (annotation.record is not None or annotation.derive is not None))
        or (SourceKind.DEFAULT in sources and "default" in schema)
    )
    if not possible:
        required = name in contract.required
        yield Finding(
            here if name not in contract.annotations else f"{note}/sources",
            "no_source" if required else "warn_never_filled",
            f"No value for {name!r} can come from anywhere"
            + (", so the action can never run" if required else "")
            + '; allow "prompt", name a record or derive it, or give a default.',
        )
    if "default" in schema and SourceKind.DEFAULT not in sources:
        yield Finding(
            f"{here}/default", "warn_default_unused", 'The default is never used: "default" is not among its sources.'
        )
    if annotation.unit is Unit.MONEY_MINOR:
        if schema.get("type") != "integer":
            yield Finding(
                f"{here}/type", "money_not_integer", 'Minor units are whole numbers; write "type": "integer".'
            )
        if annotation.currency is None and annotation.currency_from is None:
            yield Finding(f"{note}/unit", "warn_no_currency", "Money has a currency; add currency or currency_from.")


def _lint_default(contract: Contract, name: str, schema: Mapping[str, Any], here: str) -> Iterator[Finding]:
    if "default" in schema:
        definitions = contract.parameters.get("$defs", {})
        why = explain_misfits(
            {key: each for key, each in schema.items() if key != "default"}, definitions, schema["default"]
        )
        if why:
            yield Finding(
                f"{here}/default", "default_misfit", f"The default of {name!r} does not fit its own schema: {why}."
            )


def _lint_words(schema: Mapping[str, Any], annotation: Annotation, here: str) -> Iterator[Finding]:
    if not annotation.words:
        return
    items = schema.get("items")
    closed = (
        schema if "enum" in schema or schema.get("type") == "boolean" else items if isinstance(items, Mapping) else {}
    )
    members = [str(each) for each in closed.get("enum", ())] or (
        ["true", "false"] if closed.get("type") == "boolean" else []
    )
    meant: dict[str, str] = {}
    for member, others in annotation.words.items():
        if member not in members:
            mend = (
                f"its members are {', '.join(members)}"
                if members
                else "the parameter has no enum; remove the words or add one"
            )
            yield Finding(here + join_pointer(member), "words_unknown", f"{member!r} is no member of the enum; {mend}.")
        for index, word in enumerate(others):
            other = meant.setdefault(word.casefold(), member)
            if other != member:
                yield Finding(
                    here + join_pointer(member, index),
                    "words_twice",
                    f"{word!r} would mean both {other!r} and {member!r}; keep one.",
                )


def _find_circles(contract: Contract, pointer: str) -> Iterator[Finding]:
    """Finds cycles of records that belong to each other, which can never be looked up."""
    for start in contract.annotations:
        step, seen = contract.annotation(start).of, {start}
        while step is not None and step not in seen:
            seen.add(step)
            step = contract.annotation(step).of
        if step == start and len(seen) > 1:
            yield Finding(
                pointer + join_pointer(start, "of"),
                "circle",
                f"{' → '.join(sorted(seen))} refer to one another; cut the circle.",
            )


def _suggest_near(name: str, known: Mapping[str, Any]) -> str:
    near = find_nearest(name, known)
    return f"; did you mean {near!r}?" if near else "; add it to the properties, or remove this."
