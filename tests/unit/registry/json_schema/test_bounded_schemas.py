"""Schemas, patterns and previews of contracts: counted before they are followed, matched in linear time, never
growing."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.extract.spans.patterns import find_fitting
from agent.validate.payload import find_misfits
from core.errors import InvalidInput
from language.text import read_text
from registry import patterns, preview
from registry.contract import Contract, parse
from registry.json_schema.schema_limits import MAX_PARTS, find_excesses
from registry.json_schema.schemas import MAX_PATTERN_TEXT, Checker
from registry.linting.linter import lint
from registry.linting.text import find_secrets
from registry.result import fits_result

CPU_S = 2.0
DOUBLING = {
    "properties": {"a": {"$ref": "#/$defs/d20"}},
    "$defs": {
        "d0": {"type": "string"},
        **{f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n - 1}"}] * 2} for n in range(1, 21)},
    },
}


def contract(**parameters: Any) -> Contract:
    return parse(raw(**parameters))


def raw(**parameters: Any) -> dict[str, Any]:
    return {
        "schema": "opsiq/contract/v1", "name": "a.b", "title": "A", "description": "A.",
        "parameters": {"type": "object", "additionalProperties": False, **parameters}, "endpoint": {"url": "https://x.example/y"},
    }  # fmt: skip


def why(schema: Any) -> str:
    return " ".join(f"{where}: {each}" for where, each in find_excesses(schema))


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        (DOUBLING, f"at most {MAX_PARTS:,}"),
        ({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, "no circles"),
        ({"properties": {"a": {"$ref": "#"}}}, "a pointer into this schema"),
        ({"properties": {"a": {"$ref": "#here"}}}, "a pointer into this schema"),
        ({"properties": {"a": {"$ref": "#/$defs/%61"}}, "$defs": {"a": {"$ref": "#/properties/a"}}}, "no circles"),
        # a parameter may be called like a keyword whose value is data
        ({"properties": {"default": {"$ref": "#/properties/default"}}}, "no circles"),
        ({"properties": {"a": {"default": {"$ref": "#/$defs/d20"}}}, "$defs": DOUBLING["$defs"]}, "parts"),
        ({"$defs": {f"d{n}": {"$ref": f"#/$defs/d{n + 1}"} for n in range(60)} | {"d60": {}}}, "follow one another"),
        ({"properties": {f"p{n}": {} for n in range(201)}}, "at most 200"),
        ({"properties": {"a": {"description": "x" * 4001}}}, "at most 4000"),
        ({"properties": {f"p{n}": {"pattern": "a"} for n in range(33)}}, "33 patterns"),
        ({"$dynamicRef": "#a"}, "write $ref"),
    ],
)
def test_a_schema_over_its_limits_says_which_and_what_to_do(schema: Any, told: str) -> None:
    assert told in why(schema)
    with pytest.raises(InvalidInput):
        Checker(schema)


def test_a_schema_nested_without_end_is_no_recursion() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"not": deep}
    assert "nested deeper" in why(deep)


def test_definitions_that_are_shared_as_people_share_them_are_fine() -> None:
    address = {"type": "object", "properties": {each: {"type": "string"} for each in ("street", "city", "country")}}
    shared = {"properties": {f"to{n}": {"$ref": "#/$defs/address"} for n in range(50)}, "$defs": {"address": address}}
    assert why(shared) == ""
    assert Checker(shared).fits({"to1": {"street": "Elm"}})


def test_an_older_contract_is_refused_by_its_schema_and_shown_without_its_preview() -> None:
    (misfit,) = find_misfits(contract(**DOUBLING), {"a": "x"})
    assert "can't be used" in misfit.why
    with pytest.raises(InvalidInput, match="can't be rendered"):
        preview.render("{% set a = 'aa' %}{{ a ~ a }}", {}, {})
    assert fits_result(DOUBLING, b'{"a": "x"}') is False


def test_the_faults_of_a_long_value_are_not_copied_one_by_one() -> None:
    made = contract(properties={"a": {"type": "array", "items": {"enum": ["x" * 50_000]}}})
    began = time.process_time()
    assert len(list(find_misfits(made, {"a": list(range(20_000))}))) == 1
    assert time.process_time() - began < CPU_S
    few = contract(properties={"a": {"type": "array", "items": {"type": "string"}}})
    assert [each.below for each in find_misfits(few, {"a": [1, "b", 2]})] == ["/0", "/2"]


def test_what_is_too_long_for_its_patterns_is_refused() -> None:
    made = contract(properties={"a": {"type": "string", "pattern": "^a*$"}})
    assert list(find_misfits(made, {"a": "a" * 1000})) == []
    (misfit,) = find_misfits(made, {"a": "a" * (MAX_PATTERN_TEXT + 1)})
    assert "at most 50,000" in misfit.why


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("^(?=a)b$", "linear time"), ("(a)\\1", "linear time"), ("(?<!a)b", "linear time"), ("(unclosed", "no regular expression"),  # noqa: E501
        ("(?:[^z]{0,99}){0,99}z", "maxLength"), ("^\\p{L}{1,200}$", "maxLength"), ("a" * 501, "at most 500"),
    ],
)  # fmt: skip
def test_a_pattern_that_is_not_matched_in_linear_time_says_so(pattern: str, told: str) -> None:
    assert told in patterns.explain_unusable(pattern)
    assert patterns.compile_pattern(pattern) is None
    found = lint(raw(properties={"a": {"type": "string", "pattern": pattern}}))
    assert any(each.pointer == "/parameters/properties/a/pattern" and told in each.detail for each in found), found


@pytest.mark.parametrize(
    "pattern",
    [
        "^[A-Z]{3}$",
        "^INV-[0-9]+$",
        "^\\d{4}-\\d{2}$",
        "^[\\w.+-]+@[\\w-]+\\.[a-z]{2,}$",
        "(?<year>\\d{4})",
        "^\\p{Lu}+$",
        "",
    ],
)
def test_patterns_as_people_write_them_are_used(pattern: str) -> None:
    assert patterns.explain_unusable(pattern) == ""


def test_a_whole_fits_where_any_way_of_reading_it_does() -> None:
    made = patterns.compile_pattern("a|ab")
    assert made is not None
    assert made.covers("ab")
    assert made.found_in("xaby")
    assert not made.covers("xab")


def test_words_are_read_by_the_pattern_that_took_exponential_time() -> None:
    began = time.process_time()
    assert find_fitting(read_text("a" * 60 + "!"), "^(a+)+$")
    assert time.process_time() - began < CPU_S


_ATOMS = st.sampled_from(["a", "[a-y]", "[^z]", ".", "\\w", "\\d", "(a|b)", "[0-9]", "$", "^", "\\s"])
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{0,9}", "{1,60}", "{20}"])).map(lambda e: f"(?:{e[0]}){e[1]}")
        | st.tuples(inner, inner).map("".join)
        | st.tuples(inner, inner).map("|".join)
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(_PATTERNS, st.sampled_from(["a", "ab", "yb ", "é1", "a\n"]))
def test_every_accepted_pattern_is_matched_within_the_budget(pattern: str, text: str) -> None:
    began = time.process_time()
    if (made := patterns.compile_pattern(pattern)) is not None:
        made.found_in(text * (20_000 // len(text)))
        made.covers(text * (20_000 // len(text)) + "!")
    assert time.process_time() - began < CPU_S


_NAMES = st.sampled_from(["a", "b", "c"])
_SCHEMAS = st.recursive(
    st.just({}) | st.just({"type": "string"}) | _NAMES.map(lambda name: {"$ref": f"#/$defs/{name}"}),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3).map(lambda each: {"allOf": each})
        | st.lists(inner, min_size=1, max_size=3).map(lambda each: {"anyOf": each})
        | inner.map(lambda each: {"items": each})
        | st.dictionaries(_NAMES, inner, max_size=3).map(
            lambda each: {"properties": each, "unevaluatedProperties": False}
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries(dict.fromkeys("abc", _SCHEMAS)), _SCHEMAS)
def test_every_accepted_schema_checks_within_the_budget(definitions: dict[str, Any], schema: dict[str, Any]) -> None:
    value: Any = {"a": {"b": ["x", {"c": 1}]}, "b": ["x"] * 50, "c": {"a": {"a": "x"}}}
    began = time.process_time()
    with contextlib.suppress(InvalidInput):
        list(Checker({**schema, "$defs": definitions}).faults(value))
    assert time.process_time() - began < CPU_S


_PIECES = st.sampled_from([
    "{{ params.a }}", "{{ records.r.x }}", "{{ params.a | upper }}", "{% if params.a %}", "{% else %}", "{% endif %}", "text ",  # noqa: E501
    "{% set a = params.a %}", "{{ a ~ a }}", "{% for x in params.a %}", "{% endfor %}", "{{ params.a * 9 }}", "{{ (((1))) }}",  # noqa: E501
    "{{ params.a | default(params.a) }}", "{{ params.a | round(9) }}", "{{ params.a | join('x') }}", "{{ 9 ** 9 ** 9 }}",  # noqa: E501
    "{{ params.a | replace('a', 'aaaa') }}", "{% macro m() %}", "{% endmacro %}", "{{ [params.a] }}", "{% filter upper %}",  # noqa: E501
    "{% endfilter %}", "{% raw %}", "{% endraw %}", "{{ params['a'][0] }}", "{{ params.a % params.a }}",
])  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_no_preview_grows_or_takes_long(template: str) -> None:
    began = time.process_time()
    faults = list(preview.find_faults(template, frozenset("a"), frozenset("r")))
    try:
        shown = preview.render(template, {"a": "ab " * 20_000}, {"r": {"x": "y" * 60_000}})
    except InvalidInput:
        assert faults or "params" in template
    else:
        assert len(shown) <= preview.MAX_CHARS
    assert time.process_time() - began < CPU_S


def test_a_hostile_document_is_linted_in_bounded_time() -> None:
    names = {f"prop_{n}_abcdefgh": {"type": "string"} for n in range(150)}
    hostile = [
        {**raw(properties=names), "annotations": {f"porp_{n}_bacdefgh": {"of": "x"} for n in range(199)}},
        {**raw(), **{f"titel{n}": 1 for n in range(3000)}},
        {**raw(), "surfaces": ["x"] * 10_000},
        {**raw(properties={f"p{n}": {"type": "strin"} for n in range(199)})},
        raw(properties={"a": {"enum": list(range(12_000)), "type": ["x"] * 500}}),
        {**raw(), "title": "eyJ-" * 15_000},
    ]
    for value in hostile:
        began = time.process_time()
        assert 0 < len(lint(value)) <= 100
        assert time.process_time() - began < CPU_S
    began = time.process_time()
    assert lint([raw()] * 500)
    list(find_secrets({"a": "Bearer" + " " * 60_000}, ""))
    assert time.process_time() - began < 2 * CPU_S
