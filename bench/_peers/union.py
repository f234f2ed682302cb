"""One JSON schema for whatever may be called: a union of the functions' calls and 'none'; and how it is said in words.

For libraries whose structured output shows the model no schema, and for servers that hold a model to a schema but not
to a tool.
"""

from __future__ import annotations

import json
from typing import Any

from asked import WORDS, Made

MAX_LENGTH = 200
NOTHING: dict[str, Any] = {
    "type": "object",
    "properties": {"function": {"const": "none"}},
    "required": ["function"],
    "additionalProperties": False,
}
ANSWER = 'Answer with JSON: {"function": name, "arguments": {…}}, or {"function": "none"}.'
WITHIN = 'Answer with JSON: {"call": {"function": name, "arguments": {…}}}, or {"call": {"function": "none"}}.'


def bounded(schema: Any) -> Any:
    """Strings and lists with an end: a small model that begins to repeat itself would otherwise never close the
    JSON."""
    if isinstance(schema, list):
        return [bounded(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: bounded(value) for name, value in schema.items() if name not in ("default", "description")}
    if made.get("type") == "string" and not {"enum", "const", "format", "pattern"} & set(made):
        made.setdefault("maxLength", MAX_LENGTH)
    if made.get("type") == "array":
        made.setdefault("maxItems", 10)
    return made


def call(function: dict[str, Any]) -> dict[str, Any]:
    properties = {"function": {"const": function["name"]}, "arguments": bounded(function["parameters"])}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def union(functions: list[dict[str, Any]]) -> dict[str, Any]:
    return {"anyOf": [*(call(each) for each in functions), NOTHING]}


def within(functions: list[dict[str, Any]]) -> dict[str, Any]:
    """The same as an object's one property: what structured output is made for, and all that some libraries take."""
    properties = {"call": union(functions)}
    return {"type": "object", "properties": properties, "required": ["call"], "additionalProperties": False}


def instructions(functions: list[dict[str, Any]], answer: str) -> str:
    listed = "\n".join(json.dumps(each, ensure_ascii=False) for each in functions)
    return f"{WORDS}\n\nFunctions:\n{listed}\n\n{answer}"


def made(said: dict[str, Any]) -> Made:
    """The call that was written down, if it is one."""
    text = json.dumps(said, ensure_ascii=False)
    return ([] if said["function"] == "none" else [{"name": said["function"], "arguments": said["arguments"]}]), text
