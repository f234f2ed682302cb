"""Error answers: the sentence for people in the body of a platform's error answer."""

from __future__ import annotations

from typing import Final

from core import canon
from core.display_text import to_display_text
from core.errors import NotCanonical

_SAID_IN: Final = ("detail", "message", "error_description", "error", "errors", "title")
"""Fields of error answers that say what is wrong: RFC 9457, RFC 6749, and other common ones."""
_SENTENCE_CHARS: Final = 300


def find_sentence(body: str | None) -> str:
    """The message for people in an error answer, from any of the usual fields, as display text. Empty if the body isn't
    JSON or has none."""
    try:
        return to_display_text(_search_sentence(canon.loads(body or "")), limit=_SENTENCE_CHARS)
    except NotCanonical:
        return ""


def _search_sentence(value: object) -> str:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        found = (_search_sentence(value.get(name)) for name in _SAID_IN)
        return next(filter(None, found), "")
    return value.strip() if isinstance(value, str) else ""
