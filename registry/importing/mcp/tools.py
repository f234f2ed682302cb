"""MCP tools as contract drafts: pinned by digest, always confirmed, and closed to everybody until an owner decides who
may run them.

A server's statements about its tools (such as that a tool only reads, or can be repeated) are a stranger's hints. They
go into the draft's notes, and change neither risk nor confirmation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from core import canon
from core.display_text import to_display_text
from core.errors import NotCanonical
from registry.linting import linter

MAX_TEXT: Final = 4000
MOST_TOLD: Final = 8
_KEPT: Final = frozenset(
    {
        "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
        "minLength", "maxLength", "items", "minItems", "maxItems", "uniqueItems", "properties", "required",
        "additionalProperties", "description", "format", "title",
    }
)  # fmt: skip
"""Keywords of a tool's schema that a parameter keeps. The others (references, alternatives, patterns) are left to the
server itself, which checks its arguments against all of them."""


@dataclass(frozen=True, slots=True)
class ToolDraft:
    """Draft of a contract for one MCP tool. ``contract`` is an unsigned ``opsiq/contract/v2`` document. ``notes`` are
    remarks for a person."""

    tool: str
    contract: dict[str, Any]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedTool:
    tool: str
    reason: str


def digest_tool(tool: Mapping[str, Any]) -> str:
    """Digest of a tool as its server lists it: its schemas, its words and its hints. Raises NotCanonical."""
    return canon.digest(dict(tool))


def describe_differences(arguments: Iterable[str], now: Mapping[str, Any]) -> str:
    """The differences between a tool and a contract that sends these arguments, as a sentence. If the arguments are the
    same, something else changed: a type, a word, a hint."""
    sent, takes = set(arguments), set(_list_properties(now))
    schema = now.get("inputSchema")
    required = _list_required(schema)
    found = [f"{name!r} is gone" for name in sorted(sent - takes)]
    found += [f"{name!r} is new" + (" and required" if name in required else "") for name in sorted(takes - sent)]
    if not found:
        return "Its arguments have the same names; its schemas, description or hints changed."
    return f"Of its arguments, {', '.join(found[:MOST_TOLD])}."


def draft_tools(server: str, tools: Sequence[Mapping[str, Any]]) -> list[ToolDraft | RefusedTool]:
    """A draft for each tool of a server, or the reason why there is none, in the order of the list."""
    made: list[ToolDraft | RefusedTool] = []
    taken: set[str] = set()
    for tool in tools:
        name = f"{_make_word(server)}.{_make_word(str(tool.get('name', '')))}"
        if name in taken:
            made.append(RefusedTool(str(tool.get("name", ""))[:200], f"Another tool is called {name} already."))
            continue
        taken.add(name)
        try:
            made.append(_draft(server, name, tool))
        except NotCanonical as error:
            made.append(RefusedTool(str(tool.get("name", ""))[:200], f"It has no canonical form: {error.detail}"))
    return made


def _draft(server: str, name: str, tool: Mapping[str, Any]) -> ToolDraft | RefusedTool:
    told = str(tool.get("name", ""))
    schema = tool.get("inputSchema")
    if not isinstance(schema, Mapping) or schema.get("type") != "object":
        return RefusedTool(told, "Its input schema describes no object.")
    properties = _list_properties(tool)
    names = dict(_list_names(properties))
    required = [names[each] for each in _list_required(schema) if each in names]
    title = _make_line(tool.get("title") or told.replace("_", " ").replace("-", " "))
    parameters = {names[each]: _make_parameter(each, value) for each, value in properties.items()}
    contract: dict[str, Any] = {
        "schema": "opsiq/contract/v2",
        "name": name,
        "title": title[:1].upper() + title[1:],
        "description": _make_text(tool.get("description")) or f"Calls the tool {told} of {server}.",
        "surfaces": ["admin"],
        "roles": [],
        "risk": "write",
        "confirmation": {"policy": "always"},
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "properties": parameters,
            **({"required": required} if required else {}),
        },
        "endpoint": {
            "type": "mcp",
            "connection": server,
            "tool": told,
            "schema_digest": digest_tool(tool),
            "arguments": {each: {"parameter": names[each]} for each in properties},
        },
    }
    output = tool.get("outputSchema")
    if isinstance(output, Mapping) and output.get("type") == "object":
        contract["result"] = _reduce(output)
    findings = [each for each in linter.lint({"contracts": [contract]}) if not linter.is_advice(each)]
    if findings and "result" in contract:
        del contract["result"]
        findings = [each for each in linter.lint({"contracts": [contract]}) if not linter.is_advice(each)]
    findings = [each for each in findings if not each.pointer.endswith("/roles")]
    if findings:
        return RefusedTool(told, "; ".join(f"{each.pointer}: {each.detail}" for each in findings[:3]))
    return ToolDraft(told, contract, tuple(_list_notes(tool, properties, names)))


def _list_notes(tool: Mapping[str, Any], properties: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[str]:
    yield "Nobody may run it: say which roles may, and whether its risk is 'read', 'write' or 'irreversible'."
    hints = tool.get("annotations")
    for hint, words in (
        ("readOnlyHint", "only reads"), ("destructiveHint", "may destroy"), ("idempotentHint", "may be repeated"),
    ):  # fmt: skip
        if isinstance(hints, Mapping) and isinstance(hints.get(hint), bool):
            yield f"Its server says that it {words}: {str(hints[hint]).lower()}. That is a hint, and was not gone by."
    for name, schema in properties.items():
        if names[name] != name:
            yield f"The argument {name!r} is the parameter {names[name]!r}."
        left = sorted(set(schema) - _KEPT - {"default", "examples", "$schema"}) if isinstance(schema, Mapping) else []
        if left:
            yield f"Of {names[name]!r}, {', '.join(left)} is checked by the server alone."


def _list_properties(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = tool.get("inputSchema")
    found = schema.get("properties", {}) if isinstance(schema, Mapping) else {}
    return found if isinstance(found, Mapping) else {}


def _list_required(schema: Any) -> list[str]:
    found = schema.get("required") if isinstance(schema, Mapping) else None
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _list_names(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Argument → parameter name, each unique."""
    taken: set[str] = set()
    for name in properties:
        word = _make_word(name)
        made, count = word, 1
        while made in taken:
            count += 1
            made = f"{word[:60]}_{count}"
        taken.add(made)
        yield name, made


def _make_parameter(name: str, schema: Any) -> dict[str, Any]:
    made = _reduce(schema) if isinstance(schema, Mapping) else {}
    made.setdefault("description", f"The argument {name}.")
    if "type" not in made and "enum" not in made:
        made["type"] = ["string", "number", "boolean", "object", "array", "null"]
    return made


def _reduce(schema: Mapping[str, Any], level: int = 0) -> dict[str, Any]:
    """The schema with only the kept keywords, and a length limit on every text."""
    made: dict[str, Any] = {}
    for name, value in schema.items():
        if name not in _KEPT:
            continue
        if name == "properties" and isinstance(value, Mapping) and level < 8:
            made[name] = {key: _reduce(each, level + 1) for key, each in value.items() if isinstance(each, Mapping)}
        elif name == "items" and isinstance(value, Mapping) and level < 8:
            made[name] = _reduce(value, level + 1)
        elif name in ("description", "title"):
            made[name] = _make_line(value)
        elif name not in ("properties", "items"):
            made[name] = value
    if made.get("type") == "string" and "enum" not in made and "const" not in made:
        made.setdefault("maxLength", MAX_TEXT)
    if made.get("type") == "array":
        made.setdefault("maxItems", 100)
    return made


def _make_word(text: str) -> str:
    """``getInvoice-v2`` → ``get_invoice_v2``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    word = re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")
    return (word if word[:1].isalpha() else f"x_{word}".strip("_"))[:60]


def _make_line(value: Any) -> str:
    return to_display_text(str(value), limit=200).strip() or "Tool"


def _make_text(value: Any) -> str:
    return to_display_text(str(value), limit=1900).strip() if value else ""
