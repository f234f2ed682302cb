"""Misspelt function words, and names that are near to one."""

from __future__ import annotations

import pytest

from language.spelling import find_misspellings


@pytest.mark.parametrize(
    "name",
    ["sven", "steven", "severn", "elven", "sixt", "firth", "frida", "avril", "marc", "augusta", "marchi", "secondo"],
)
def test_a_name_near_a_number_or_day_stays_a_name(name: str) -> None:
    assert not find_misspellings(f"book it for {name} olsen")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sevne", "seven"),
        ("thre", "three"),
        ("fiften", "fifteen"),
        ("fourty", "forty"),
        ("frday", "friday"),
        ("mondy", "monday"),
        ("agust", "august"),
        ("febuary", "february"),
        ("frst", "first"),
        ("septembre", "september"),
    ],
)
def test_slips_are_put_right(typed: str, meant: str) -> None:
    assert [word for _, _, word in find_misspellings(f"move it to {typed}")] == [meant]
