"""Two that are named are compared, with both values."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("riding", "is Thunder taller than Biscuit", "Yes: Thunder (height 168 cm, more than 132 centimetres)."),
        ("riding", "which is older, biscuit or thunder", "Thunder (born 2012); Biscuit (born 2016)."),
        ("vet", "who is lighter, bruno or pepper", "Pepper (18200 grams); Bruno (31500 grams)."),
        ("hotel", "who has more tasks, ilse or pedro", "3 Ilse Baum, 3 Pedro Vance"),
        ("hotel", "who has more open tasks, ilse or pedro", "3 Pedro Vance, 2 Ilse Baum"),
        ("riding", "who has more planned lessons, joris or pilar", "2 Joris Maes, 1 Pilar Ortega"),
    ],
)
async def test_both_values_are_told(name: str, text: str, told: str) -> None:
    made = await read_words(text, world(name))
    assert isinstance(made, Reply), made
    assert told in made.text or sorted(told.split(", ")) == sorted(made.text.rstrip(".").split(": ")[-1].split(", "))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("riding", "is Thunder not taller than Biscuit"),
        ("riding", "which is taller in spring, Thunder or Biscuit"),
        ("riding", "is Thunder fatter than Biscuit"),
        ("riding", "who has more lessons than joris or pilar on thunder"),
    ],
)
async def test_nothing_else_is_compared(name: str, text: str) -> None:
    made = await read_words(text, world(name))
    assert not isinstance(made, Reply) or made.partial, made
