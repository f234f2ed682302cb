"""Skeletons (UTS #39 §4): what two texts have in common if they look the same."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from importlib import resources

from core.display_text import is_hidden


@cache
def _load_prototypes() -> dict[int, str]:
    made: dict[int, str] = {}
    lines = resources.files("core").joinpath("confusables.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            source, *prototype = (int(part, 16) for part in line.split())
            made[source] = "".join(map(chr, prototype))
    return made


@lru_cache(maxsize=4096)
def make_skeleton(text: str) -> str:
    """The skeleton of a text: NFD, without hidden characters, each character replaced by its prototype, NFD again.
    Spaces of any width count as one."""
    prototypes = _load_prototypes()
    plain = (char for char in unicodedata.normalize("NFD", text) if not is_hidden(char))
    mapped = "".join(prototypes.get(ord(char), char) for char in plain)
    return " ".join(unicodedata.normalize("NFD", mapped).split())
