"""What test mode answers: the smallest value that fits a schema, the same each time, or a word why there is none."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.saas import SaasConnector
from executors import sandbox
from registry.json_schema.result_example import NoExample, make_example
from registry.result import fits_result

NODE = {
    "$defs": {
        "a": {
            "type": "object",
            "required": ["x", "y"],
            "properties": {"x": {"$ref": "#/$defs/a"}, "y": {"$ref": "#/$defs/a"}},
        }
    }
}
MADE: list[tuple[dict[str, Any], Any]] = [
    ({}, None),
    ({"type": "object"}, {}),
    ({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": {"type": "string"}}}, {"a": 0}),  # noqa: E501
    ({"type": "object", "required": ["a"]}, {"a": None}),
    ({"type": "object", "minProperties": 2, "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}}, {"a": 1, "b": 2}),  # noqa: E501
    ({"type": "array", "minItems": 2, "items": {"type": "boolean"}}, [False, False]),
    ({"type": "array", "contains": {"const": 7}}, [7]),
    ({"enum": ["paid", "refunded"]}, "paid"),
    ({"type": ["null", "integer"], "minimum": 3}, 3),
    ({"type": "integer", "exclusiveMinimum": 4, "multipleOf": 5}, 10),
    ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
    ({"type": "number", "maximum": -2}, -2),
    ({"type": "string", "minLength": 3}, "xxx"),
    ({"type": "string", "format": "date-time"}, "2026-01-01T00:00:00Z"),
    ({"type": "string", "pattern": "^[A-Z]{3}$"}, "EUR"),
    ({"type": "string", "pattern": "^ref_[0-9a-f]{24}$", "examples": ["ref_" + "0" * 24]}, "ref_" + "0" * 24),
    ({"type": "integer", "examples": ["no number"]}, 0),
    ({"oneOf": [{"type": "integer", "minimum": 5}, {"type": "string"}]}, 5),
    ({"allOf": [{"required": ["a"]}, {"properties": {"a": {"minimum": 2}}}], "type": "object"}, {"a": 2}),
    ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "boolean"}}}, False),
    ({"anyOf": [{"$ref": "#/$defs/never"}, {"const": "b"}], "$defs": {"never": False}}, "b"),
]  # fmt: skip
NONE: list[dict[str, Any]] = [
    {"type": "string", "pattern": "^ref_[0-9a-f]{24}$"},
    {"type": "string", "minLength": 10**9},
    {"type": "array", "minItems": 10**9},
    {"type": "array", "minItems": 4000, "items": {"type": "string", "minLength": 4000}},
    {"type": "integer", "minimum": 2, "maximum": 1},
    {"not": {}},
    {"$ref": "#/$defs/a", **NODE},
    {"$ref": "#"},
    {"allOf": [{"$ref": "#"}]},
    {"$ref": "https://elsewhere.example/schema"},
    {"$ref": "#/nowhere"},
    {"type": "string", "pattern": "^(a+)+$b"},
]


@pytest.mark.parametrize(("schema", "value"), MADE)
def test_the_smallest_value_that_fits_is_made(schema: dict[str, Any], value: Any) -> None:
    assert make_example(schema) == value
    assert jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


@pytest.mark.parametrize("schema", NONE, ids=json.dumps)
def test_what_cannot_be_made_is_said_and_answered_with_nothing(schema: dict[str, Any]) -> None:
    with pytest.raises(NoExample):
        make_example(schema)
    reply = sandbox.answer(schema)
    assert (reply.status, reply.body, reply.sent) == (200, b"{}", False)
    assert "no example can be made" in reply.detail


_KEYWORDS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "array", "string", "integer", "number", "boolean", "null"]),
        "minimum": st.integers(-5, 5), "maximum": st.integers(-5, 5), "minLength": st.integers(0, 5),
        "minItems": st.integers(0, 3), "required": st.lists(st.sampled_from("ab"), unique=True),
        "enum": st.lists(st.integers(0, 3), min_size=1, unique=True),
    },
)  # fmt: skip
_SCHEMAS = st.recursive(
    _KEYWORDS,
    lambda inner: st.builds(
        lambda base, more: {**base, **more},
        _KEYWORDS,
        st.one_of(
            st.builds(lambda a: {"properties": {"a": a}}, inner),
            st.builds(lambda a: {"items": a}, inner),
            st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
            st.builds(lambda a, b: {"allOf": [a, b]}, inner, inner),
        ),
    ),
    max_leaves=6,
)


@given(_SCHEMAS)
def test_whatever_is_made_fits_and_is_made_again(schema: dict[str, Any]) -> None:
    try:
        made = make_example(schema)
    except NoExample:
        return
    assert jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(made)
    assert make_example(schema) == made


def test_every_contract_of_the_demo_platform_has_an_example() -> None:
    from tests.unit.agent.validate.fake_platform import SAAS

    assert SaasConnector.name == "saas"
    for contract in SAAS:
        reply = sandbox.answer(contract.result)
        assert fits_result(contract.result, reply.body) is True, contract.name


def test_a_contract_that_promises_nothing_is_answered_with_nothing() -> None:
    assert sandbox.answer(None).body == b"{}"
