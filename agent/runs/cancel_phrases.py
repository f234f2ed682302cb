"""Cancel phrases: words that take a request back instead of answering its question."""

from __future__ import annotations

import re
from typing import Final

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_SAID: Final = frozenset(
    {
        "never mind", "nevermind", "never mind that", "never mind drop it", "never mind then", "forget it",
        "forget about it", "drop it", "oh never mind", "no never mind", "actually never mind", "leave it", "let it be",
    }
)  # fmt: skip
"""The whole of what was said. Whoever is asked for a text and means these very words loses a question, and nothing is
sent."""


def is_cancellation(text: str) -> bool:
    return " ".join(_LETTERS.findall(text.casefold())) in _SAID
