"""Digits with separators."""

from __future__ import annotations

import pytest

from language.numerals import parse_decimal


@pytest.mark.parametrize("written", ["10:00", "1_000", "3/4", "1e5", "2023-05-06"])
def test_what_is_written_with_other_marks_is_no_plain_number(written: str) -> None:
    assert parse_decimal(written) is None
