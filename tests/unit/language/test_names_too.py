"""Function words that are names as well ("Will", "May"): where only a name can stand."""

from __future__ import annotations

import pytest

from language.text import NAME_MARK, read_text


def list_names(text: str) -> list[str]:
    return [token.text for token in read_text(text).tokens if token.low.endswith(NAME_MARK)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("void Will's order", ["Will's"]),
        ("void will's order", ["will's"]),
        ("ring Nell and Will", ["Will"]),
        ("ring nell and will", ["will"]),
        ("ring will, please", ["will"]),
        ("when did May join", ["May"]),
        ("ring May and Nell", ["May"]),
        ("ring An", ["An"]),
    ],
)
def test_a_name_is_known_by_its_place(text: str, names: list[str]) -> None:
    assert list_names(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "Will you ring Nell",
        "please Will you ring Nell",
        "please Do not ring Nell",
        "she will come on Friday",
        "ring her if you will",
        "everything due in May",
        "everything due on 4 May and in April or May",
        "her May order",
        "order No 7",
        "that will do",
    ],
)
def test_elsewhere_it_is_the_function_word(text: str) -> None:
    assert list_names(text) == []
