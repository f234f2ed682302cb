"""Objects and lists of objects, which words don't make: a person types them as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core import canon
from core.errors import NotCanonical
from registry.json_schema.result_example import NoExample, make_example
from registry.json_schema.schemas import explain_misfits


def takes_json(schema: Mapping[str, Any]) -> bool:
    """Whether a parameter takes an object, or a list of objects."""
    items = schema.get("items") if schema.get("type") == "array" else schema
    return isinstance(items, Mapping) and items.get("type") == "object"


def read_json(schema: Mapping[str, Any], words: str) -> tuple[Any, str]:
    """The object or list of objects that the words are as a whole, and how it is shown. None and a sentence about what
    is wrong, if they are none or it doesn't fit. One object is a list of one, where a list is taken."""
    try:
        value = json.loads(words)
        value = [value] if isinstance(value, dict) and schema.get("type") == "array" else value
        shown = canon.dumps(value).decode()
    except (ValueError, NotCanonical):
        return None, tell_how(schema)
    if not isinstance(value, dict | list):
        return None, tell_how(schema)
    why = explain_misfits(schema, {}, value)
    return (None, f"{why}.") if why else (value, shown)


def tell_how(schema: Mapping[str, Any]) -> str:
    """What a question says about how such a value is typed."""
    try:
        several = schema.get("type") == "array"
        example = [make_example(schema["items"])] if several else make_example(schema)
    except NoExample:
        return "Write it as JSON."
    if example in ({}, [{}]):  # tells nothing
        return "Write it as JSON."
    return f"Write it as JSON, such as {canon.dumps(example).decode()}."
