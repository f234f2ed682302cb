from __future__ import annotations

import json
from enum import StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from core import canon
from core.errors import NotCanonical

integers = st.integers(-(2**53) + 1, 2**53 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | integers | floats | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=30,
)


@given(values)
@example([1e-4, 0.1 + 0.2, -2.5, 999999999999999.9, 5.0, -5.0, 1e14, 1e15, 1e16, 1e21, 1e-5, 1e-7, 0.0, -0.0])
@example({"b": '\x00\x1f\x7f\u2028"\\/é😀', "a": {"\ue000": 1, "😀": 2}})
def test_every_value_is_written_as_the_rfcs_reference_writes_it(value: Any) -> None:
    assert canon.dumps(value) == rfc8785.dumps(value)


class Word(StrEnum):
    ONE = "one"


def test_types_that_are_only_like_jsons_are_written_or_refused_alike() -> None:
    assert canon.dumps({"word": Word.ONE}) == b'{"word":"one"}'
    for value in ({1: 2}, {None: 1}, {"a": 2**53}, [float("nan")], "\ud800", {"a": b"x"}, {"a": {1, 2}}):
        with pytest.raises(NotCanonical):
            canon.dumps(value)
    knotted: list[Any] = []
    knotted.append(knotted)
    with pytest.raises(NotCanonical):
        canon.dumps(knotted)


def test_nesting_counts_outside_strings_alone_and_before_anything_is_parsed() -> None:
    assert canon.loads("[" * 64 + "]" * 64)
    assert canon.loads(json.dumps(["[" * 100, '"[\\"' + "{" * 100])) == ["[" * 100, '"[\\"' + "{" * 100]
    for bomb in ("[" * 65 + "]" * 65, '{"a":' * 65 + "1" + "}" * 65, '["\\"]",' + "[" * 100_000):
        with pytest.raises(NotCanonical, match="nested deeper"):
            canon.loads(bomb)


def test_a_string_that_never_ends_costs_no_more_than_its_length() -> None:
    with pytest.raises(NotCanonical):  # with each quote begun anew this would take hours
        canon.loads("[" * 40 + '"' + '\\"[' * 500_000)


@pytest.mark.parametrize("text", ['"\\ud800"', '{"\\udfff": 1}', '["a", "\\uD83D"]'])
def test_a_lone_surrogate_is_refused_also_where_it_is_escaped(text: str) -> None:
    with pytest.raises(NotCanonical, match="surrogate"):
        canon.loads(text)
    assert canon.loads('"\\ud83d\\ude00"') == "😀"
