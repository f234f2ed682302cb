"""Irregular plurals of English, with their singulars."""

from __future__ import annotations

from typing import Final

IRREGULAR_PLURALS: Final = {
    "people": "person", "children": "child", "men": "man", "feet": "foot", "teeth": "tooth", "mice": "mouse",
    "geese": "goose", "shelves": "shelf", "knives": "knife", "wives": "wife", "loaves": "loaf", "wolves": "wolf",
    "halves": "half", "calves": "calf", "thieves": "thief", "scarves": "scarf", "sheaves": "sheaf", "hooves": "hoof",
    "wharves": "wharf",
}  # fmt: skip
"""Plurals with no regular s. Longer words may end in one: "salespeople", "bookshelves"."""
