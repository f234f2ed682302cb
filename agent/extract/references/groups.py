"""What stands in brackets after a name: "T-shirt (blue, size: M)", "Skateboard {'length': '31 inch'}"."""

from __future__ import annotations

import re
from typing import Final

GROUP: Final = re.compile(r"\{[^{}\n]*\}|\([^()\n]*\)|\[[^\[\]\n]*\]")
_PART: Final = re.compile(r"\"[^\"]*\"|'(?:[^']|'(?=\w))*'|[^,;:\"'\s][^,;:\"]*|[,;:]")


def extended(plain: str, end: int) -> int:
    """``end`` of a phrase, or that of the braces or brackets that follow it at once."""
    found = GROUP.match(plain, end + (plain[end : end + 1] == " "))
    return found.end() if found is not None and found[0][0] in "{[" else end


def marks(group: str) -> tuple[tuple[str, str], ...]:
    """``(name, value)`` of each part, the name empty where none is given."""
    made: list[tuple[str, str]] = []
    key = value = ""
    for part in [*(found[0] for found in _PART.finditer(group[1:-1])), ","]:
        if part == ":":
            key, value = value, ""
        elif part in ",;":
            if value:
                made.append((key, value))
            key = value = ""
        else:
            value = part.strip().strip("\"'")
    return tuple(made)
