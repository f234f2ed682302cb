"""Documents with wrong types everywhere, circles and growth without end: an answer or a clear error, in bounded time."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest

from core.errors import InvalidInput
from registry.importing.tasks import perform
from tests.unit.registry.importing.samples import value
from tests.unit.registry.importing.samples.shapes import EVERY

JUNK: list[Any] = [
    None, True, 0, -1, 1e308, 10**30, "", "x", "\ud800", "#/paths", "{a}{b}", [], {}, [[]], {"$ref": "#"}, {"$ref": 1},
    {"$ref": "#/paths"}, {"$ref": "#/components"}, {"type": "object", "properties": []}, {"oneOf": []}, "a" * 5000,
    {"allOf": [{"$ref": "#/components/schemas/Tree"}]}, {"enum": [{}, [], None, "\u202e"]}, {"properties": {"\x00": {}}},
]  # fmt: skip
KEYS = (
    "$ref",
    "allOf",
    "properties",
    "items",
    "type",
    "in",
    "name",
    "schema",
    "content",
    "parameters",
    "style",
    "enum",
)


def places(at: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    for key, each in at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ():
        found += [(at, key), *places(each)]
    return found


def spoilt(document: Any, chance: random.Random) -> Any:
    made = copy.deepcopy(document)
    where = places(made)
    for _ in range(chance.choice([1, 2, 5, 20, 60])):
        holder, key = chance.choice(where)
        if isinstance(holder, dict) and chance.random() < 0.3:
            key = chance.choice(KEYS)
        holder[key] = copy.deepcopy(chance.choice(JUNK))
    return made


def drafts_or_error(document: Any) -> dict[str, Any] | str:
    text = json.dumps(document).encode()
    try:
        return perform({"do": "draft", "roots": ["a"]}, lambda _, __: text)
    except InvalidInput as error:
        return error.detail


@pytest.mark.parametrize("shape", EVERY)
def test_a_spoilt_document_is_drafted_as_far_as_it_goes(shape: str) -> None:
    document, chance = value(EVERY[shape].strip()), random.Random(shape)
    for _ in range(40):
        made = drafts_or_error(spoilt(document, chance))
        if isinstance(made, dict):
            report = made["report"]
            assert report["operations"] == len(report["drafts"]) + len(report["refused"])
            assert all(each["reason"] for each in report["refused"])
            json.dumps(made).encode("utf-8")
        else:
            assert made.endswith((".", "…"))


def schemas(**named: Any) -> dict[str, Any]:
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/A0"}}}}
    return {
        "openapi": "3.1.0",
        "paths": {
            "/p": {"post": {"requestBody": body, "responses": {"400": body}}, "get": {"responses": {"200": body}}}
        },
        "components": {"schemas": named},
    }


def ref(number: int) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/A{number}"}


BOMBS = {
    "allOf doubles": schemas(
        **{f"A{n}": {"allOf": [ref(n + 1), ref(n + 1)]} for n in range(60)}, A60={"type": "string"}
    ),
    "oneOf doubles": schemas(
        **{f"A{n}": {"oneOf": [ref(n + 1), ref(n + 1)]} for n in range(60)}, A60={"type": "string"}
    ),
    "forms go round": schemas(
        A0={"oneOf": [ref(1), ref(2)]},
        A1={"type": "object", "properties": {"x": ref(1), "y": ref(2)}},
        A2={"type": "object", "properties": {"x": ref(2), "y": ref(0)}},
    ),
    "all refer to all": schemas(
        **{
            f"A{n}": {
                "type": "object",
                "properties": {f"p{m}": ref(m) for m in range(12)},
                "oneOf": [ref(m) for m in range(8)],
            }
            for n in range(12)
        }
    ),
    "itself": schemas(A0=ref(0)),
    "a list of itself": schemas(A0={"type": "array", "items": ref(0)}),
    "allOf goes round": schemas(A0={"allOf": [ref(1)]}, A1={"allOf": [ref(0)], "properties": {"a": {}}}),
    "many values": schemas(A0={"type": "object", "properties": {"e": {"enum": [f"v{n}" for n in range(50_000)]}}}),
    "many fields": schemas(A0={"type": "object", "properties": {f"p{n}": {"type": "string"} for n in range(5_000)}}),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_would_grow_without_end_is_cut(bomb: str) -> None:
    made = drafts_or_error(BOMBS[bomb])
    assert isinstance(made, dict)
    assert len(made["report"]["drafts"]) + len(made["report"]["refused"]) == 2


@pytest.mark.parametrize("address", ["http://[::1", "//[x", "https://[x]/y", "https://h.example:99999"])
@pytest.mark.parametrize("root", ["a", "https://platform.example/openapi.json"])
def test_an_address_that_is_none_breaks_no_import(address: str, root: str) -> None:
    body = {"content": {"application/json": {"schema": {"$ref": f"{address}#/x"}}}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": ""},
        "servers": [{"url": address}],
        "paths": {
            "/a": {"post": {"summary": "Do it", "servers": [{"url": f"{address}/b"}], "responses": {}}},
            "/b": {"post": {"summary": "Do that", "requestBody": body, "responses": {}}},
        },
    }
    text = json.dumps(document).encode()
    report = perform({"do": "draft", "roots": [root]}, lambda _, __: text)["report"]
    assert [each["operation"] for each in report["drafts"]] == ["POST /a"]
    assert [each["operation"] for each in report["refused"]] == ["POST /b"]


def test_halves_of_characters_in_names_and_paths_break_no_import() -> None:
    half = r"\ud800"
    document = {
        "openapi": "3.1.0",
        "info": {"title": f"Shop {half}", "version": half},
        "paths": {
            f"/orders{half}/{{id}}": {
                "post": {
                    "summary": f"Hold {half} it",
                    "parameters": [
                        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                        {"name": f"why{half}", "in": "query", "schema": {"enum": [half]}},
                    ],
                    "responses": {},
                }
            }
        },
    }
    text = json.dumps(document).replace("\\\\", "\\").encode()
    answer = perform({"do": "draft", "roots": ["a"]}, lambda _, __: text)
    json.dumps(answer, ensure_ascii=False).encode()
    assert answer["report"]["operations"] == 1
