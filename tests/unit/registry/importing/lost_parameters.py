"""Checks drafts against the document that they were made from, with a reading of its own: which declared parameter does
neither a draft nor a refusal account for?

It shares no code with the importer: references, ``allOf`` and alternatives are followed here once more, plainly.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import yaml

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")
MOST_LEVELS = 6


class Plain:
    """The document and those it refers to, read by name."""

    def __init__(self, root: str, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._known: dict[str, Any] = {}
        self.root_name = root
        self.root = self.document(root)

    def document(self, name: str) -> Any:
        if name not in self._known:
            text = self._read(name).decode("utf-8-sig")
            loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            self._known[name] = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, loader)
        return self._known[name]

    def follow(self, value: Any, name: str) -> tuple[Any, str]:
        hops = 0
        while isinstance(value, Mapping) and isinstance(value.get("$ref"), str) and hops < 20:
            path, _, fragment = value["$ref"].partition("#")
            if path:
                name = posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            beside = {key: each for key, each in value.items() if key != "$ref"}
            target = self.document(name)
            for part in unquote(fragment).split("/")[1:]:
                part = part.replace("~1", "/").replace("~0", "~")
                target = target[int(part)] if isinstance(target, list) else target[part]
            value = {**target, **beside} if isinstance(target, Mapping) else target
            hops += 1
        return value, name

    def fields(self, schema: Any, name: str, level: int = 0) -> dict[str, list[tuple[Any, str]]]:
        """Every property of an object in any of its forms, each with where it is described."""
        found: dict[str, list[tuple[Any, str]]] = {}
        schema, name = self.follow(schema, name)
        if not isinstance(schema, Mapping) or level > MOST_LEVELS:
            return found
        for key, each in (schema.get("properties") or {}).items():
            found.setdefault(str(key), []).append((each, name))
        for word in ("allOf", "oneOf", "anyOf"):
            for part in schema.get(word) or ():
                for key, several in self.fields(part, name, level + 1).items():
                    found.setdefault(key, []).extend(several)
        return found

    def is_read_only(self, several: list[tuple[Any, str]]) -> bool:
        return any(self._read_only(each, name, 0) for each, name in several)

    def _read_only(self, schema: Any, name: str, level: int) -> bool:
        schema, name = self.follow(schema, name)
        if not isinstance(schema, Mapping) or level > MOST_LEVELS:
            return False
        return schema.get("readOnly") is True or any(
            self._read_only(part, name, level + 1) for part in schema.get("allOf") or ()
        )


def lost_parameters(plain: Plain, report: Mapping[str, Any], contracts: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each declared parameter that neither a draft nor a refusal accounts for. ``contracts`` are the
    drafts by name."""
    drafts = {each["operation"]: each for each in report["drafts"]}
    refused = {each["operation"]: each["reason"] for each in report["refused"]}
    count = 0
    for path, item in plain.root["paths"].items():
        item, where = plain.follow(item, plain.root_name)
        for method in METHODS:
            if path.startswith("x-") or method not in item:
                continue
            count += 1
            key = f"{method.upper()} {path}"
            if key in refused:
                if not refused[key]:
                    yield f"{key}: it is refused without a reason"
                continue
            if key not in drafts:
                yield f"{key}: it is neither drafted nor refused"
                continue
            draft = drafts[key]
            operation, there = plain.follow(item[method], where)
            told = {(each["in"], each["at"]): each for each in draft["parameters"]}
            yield from (f"{key}: {each}" for each in _unbound(draft, contracts[draft["name"]]))
            declared = [(each, where) for each in item.get("parameters") or ()]
            declared += [(each, there) for each in operation.get("parameters") or ()]
            yield from (f"{key}: {each}" for each in _outside(plain, declared, told))
            body = operation.get("requestBody")
            if body is not None:
                yield from (f"{key}: {each}" for each in _body(plain, *plain.follow(body, there), told))
    if count != report["operations"] or count != len(drafts) + len(refused):
        yield f"{count} operations, {report['operations']} told, {len(drafts)} drafted, {len(refused)} refused"


def _unbound(draft: Mapping[str, Any], contract: Mapping[str, Any]) -> Iterator[str]:
    """Parameters that the report tells of, and the contract neither asks for nor sends."""
    endpoint, properties = contract["endpoint"], contract["parameters"]["properties"]
    members = {"path": "path", "query": "query", "header": "headers"}
    body = endpoint.get("body") or {}
    for each in draft["parameters"]:
        if each.get("supplied_by"):
            continue
        if each["in"] == "body":
            value = body["value"] if "value" in body else body.get("fields", {}).get(each["at"])
        else:
            value = endpoint.get(members[each["in"]], {}).get(each["at"])
        if value is None:
            yield f"{each['in']} {each['at']} is sent nowhere"
        elif value.get("parameter") is not None and value["parameter"] not in properties:
            yield f"{each['in']} {each['at']} is bound to {value['parameter']}, which is no parameter"


def _outside(plain: Plain, declared: list[tuple[Any, str]], told: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    for each, where in declared:
        each, where = plain.follow(each, where)
        name, place = each["name"], each["in"]
        if place == "header" and name.lower() in ("accept", "content-type", "authorization"):
            continue
        if place == "body":
            yield from _schema(plain, each.get("schema") or {}, where, told, json=True)
        elif place == "formData":
            if ("body", name) not in told:
                yield f"the form's field {name} is lost"
        elif (place, name) not in told and not any(at.startswith(f"{name}[") for there, at in told if there == place):
            fields = plain.fields(each.get("schema") or {}, where)
            if not fields or any((place, key) not in told for key in fields):
                yield f"{place} {name} is lost"


def _body(plain: Plain, body: Mapping[str, Any], where: str, told: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    """One of the body's media types has to be accounted for."""
    found: list[list[str]] = []
    for media_type, content in (body.get("content") or {}).items():
        content, there = plain.follow(content, where)
        is_json = "json" in media_type or "*" in media_type
        found.append(list(_schema(plain, content.get("schema") or {}, there, told, json=is_json)))
    if found:
        yield from min(found, key=len)


def _schema(
    plain: Plain,
    schema: Any,
    where: str,
    told: Mapping[tuple[str, str], Any],
    *,
    json: bool,
    at: str = "",
    level: int = 0,
) -> Iterator[str]:
    if ("body", at) in told:
        return
    fields = plain.fields(schema, where)
    if not at and not fields:
        inner, _ = plain.follow(schema, where)
        if not (
            isinstance(inner, Mapping)
            and inner.get("type", "object") == "object"
            and not inner.get("additionalProperties")
        ):
            yield "the body is lost"
        return
    for name, several in fields.items():
        if plain.is_read_only(several):
            continue
        escaped = name.replace("~", "~0").replace("/", "~1")
        here = f"{at}/{escaped}" if json else (f"{at}[{name}]" if at else name)
        if ("body", here) in told:
            continue
        beneath = [key for place, key in told if place == "body" and key.startswith(f"{here}/" if json else f"{here}[")]
        if not beneath or level > MOST_LEVELS:
            yield f"the field {here} is lost"
            continue
        for each, there in several:
            yield from _schema(plain, each, there, told, json=json, at=here, level=level + 1)
