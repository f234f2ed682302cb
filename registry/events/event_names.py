"""Event names and patterns over them.

A name is two to four lower-case words joined by dots (``invoice.paid``, ``order.line.added``). In a pattern ``*``
stands for exactly one word, and as the last word for all the words from there on: ``invoice.*`` fits ``invoice.paid``
and ``invoice.line.added``, ``*`` fits everything, ``*.created`` fits ``order.created`` only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from core.errors import InvalidInput
from registry.events.event_catalogue import suggest

MAX_CHARS: Final = 100
_WORD: Final = r"[a-z][a-z0-9_]*"
_NAME: Final = re.compile(rf"{_WORD}(?:\.{_WORD}){{1,3}}")
_PATTERN: Final = re.compile(rf"(?:{_WORD}|\*)(?:\.(?:{_WORD}|\*)){{0,3}}")


def is_name(text: str) -> bool:
    return len(text) <= MAX_CHARS and _NAME.fullmatch(text) is not None


def check_name(text: str) -> str:
    """Checks an event name and returns it. Raises InvalidInput for an invalid one."""
    if not is_name(text):
        raise InvalidInput(
            f"An event's name is two to four lower-case words joined by dots, such as invoice.paid.{suggest(text)}"
        )
    return text


def check_pattern(text: str) -> str:
    """Checks an event pattern and returns it. Raises InvalidInput for an invalid one."""
    if len(text) > MAX_CHARS or _PATTERN.fullmatch(text) is None or ("*" not in text and not is_name(text)):
        raise InvalidInput(
            f"A pattern is an event's name in which * may stand for a word: invoice.paid, invoice.*, *.{suggest(text)}"
        )
    return text


def fits(pattern: str, name: str) -> bool:
    wanted, words = pattern.split("."), name.split(".")
    if wanted[-1] == "*":
        wanted, words = wanted[:-1], words[: len(wanted) - 1] if len(words) >= len(wanted) else ["", *words]
    return len(wanted) == len(words) and all(want in ("*", word) for want, word in zip(wanted, words, strict=True))


def fits_any(patterns: Iterable[str], name: str) -> bool:
    return any(fits(pattern, name) for pattern in patterns)
