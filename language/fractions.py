"""Fractions and multiples as English says them: "half", "two thirds", "double"."""

from __future__ import annotations

from typing import Final

FRACTIONS: Final[dict[tuple[str, ...], tuple[int, int]]] = {
    ("half",): (1, 2), ("a", "half"): (1, 2), ("a", "third"): (1, 3), ("one", "third"): (1, 3),
    ("two", "thirds"): (2, 3), ("a", "quarter"): (1, 4), ("one", "quarter"): (1, 4), ("three", "quarters"): (3, 4),
    ("a", "fifth"): (1, 5), ("one", "fifth"): (1, 5), ("a", "tenth"): (1, 10), ("one", "tenth"): (1, 10),
    ("double",): (2, 1), ("twice",): (2, 1),
}  # fmt: skip
"""Words → numerator and denominator."""
