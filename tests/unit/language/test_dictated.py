"""Numbers that are dictated figure by figure or in pairs."""

from __future__ import annotations

import pytest

from language.dictated import find_dictated


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("close job thirty six oh nine", ["3609"]),
        ("move job seven oh two to Friday", ["702"]),
        ("forty eight sixteen, please", ["4816"]),
        ("one oh oh six and eighteen oh four", ["1006", "1804"]),
        ("three, oh four I mean", []),
        ("oh, two of them", []),
        ("twenty five", []),
    ],
)
def test_dictated_figures_are_read_as_one_number(text: str, figures: list[str]) -> None:
    assert [found for found, _, _ in find_dictated(text)] == figures
