"""A clause leaves something alone; an amount is left over."""

from __future__ import annotations

import pytest

from language.sparing import find_left_alone


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("close 701, leave 702", "702"),
        ("close all, but leave 702 alone", "702"),
        ("close 701 but skip Ada's", "Ada's"),
        ("refund 701, leave 12", None),
        ("refund 701, leave 12 euros of it", None),
        ("leave 702, close 701", None),
    ],
)
def test_what_is_left_alone(text: str, alone: str | None) -> None:
    assert [text[slice(*what)].strip() for _, what in find_left_alone(text)] == ([alone] if alone else [])
