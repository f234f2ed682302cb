"""Regular expressions from contracts, rules and connectors, in an engine that never backtracks.

They are ECMA-262 patterns as in JSON Schema, run by Rust's regex engine through jsonschema-rs. The same engine
validates values and finds them in a request, in linear time. It has no look-around and no back-references. Patterns
that need a large automaton are refused, because the time per character grows with its size.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jsonschema_rs import RegexOptions, Validator

MAX_CHARS: Final = 500
MAX_BYTES: Final = 256 * 1024
"""Most bytes of one compiled pattern."""
MAX_ALL_BYTES: Final = 1024 * 1024
"""Most bytes of all patterns of one schema."""
STEPS_A_CHAR: Final = 3
"""Microseconds for each character of the text, in the worst case."""
_CACHE_BYTES: Final = 128 * 1024
_LARGE_BYTES: Final = 16 * 1024 * 1024
_UNSUPPORTED: Final = re.compile(r"\(\?(?:[=!]|<[=!])|\\[1-9]|\\k<")


class Pattern:
    """One compiled pattern. Safe to share."""

    __slots__ = ("_anywhere", "_whole")

    def __init__(self, anywhere: Validator, whole: Validator) -> None:
        self._anywhere = anywhere
        self._whole = whole

    def found_in(self, text: str) -> bool:
        """Whether any part of ``text`` matches, as JSON Schema defines it."""
        return bool(self._anywhere.is_valid(text))

    def covers(self, text: str) -> bool:
        """Whether ``text`` as a whole matches."""
        return bool(self._whole.is_valid(text))


def make_options(count: int) -> RegexOptions:
    """Validator options for a schema with this many patterns."""
    import jsonschema_rs

    return jsonschema_rs.RegexOptions(
        size_limit=min(MAX_BYTES, MAX_ALL_BYTES // max(1, count)), dfa_size_limit=_CACHE_BYTES
    )


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Pattern | None:
    """The compiled pattern. None if it can't be used, where ``explain_unusable`` says why."""
    if len(pattern) > MAX_CHARS:
        return None
    anywhere, whole = _compile(pattern, make_options(1)), _compile(f"^(?:{pattern})$", make_options(1))
    return None if anywhere is None or whole is None else Pattern(anywhere, whole)


@lru_cache(maxsize=512)
def explain_unusable(pattern: str) -> str:
    """Why a pattern can't be used and what to do, as a sentence. Empty if it can be used."""
    import jsonschema_rs

    if len(pattern) > MAX_CHARS:
        return f"it has {len(pattern)} characters, at most {MAX_CHARS} are read. Shorten it."
    if compile_pattern(pattern) is not None:
        return ""
    if _UNSUPPORTED.search(pattern):
        return (
            "patterns are matched in linear time, without look-around (?=…), (?!…) and back-references \\1. "
            "Say it without them, or list the values in an enum."
        )
    if _compile(pattern, jsonschema_rs.RegexOptions(size_limit=_LARGE_BYTES)) is None:
        return "it is no regular expression. Close its brackets and escape what is meant as it stands."
    return (
        "its repetitions make it too large to be matched quickly. "
        "Use + or * with maxLength instead of {1,200}, and plain classes such as [A-Za-z0-9]."
    )


def _compile(pattern: str, how: RegexOptions) -> Validator | None:
    import jsonschema_rs

    schema: dict[str, Any] = {"pattern": pattern}
    try:
        return jsonschema_rs.Draft202012Validator(schema, offline=True, pattern_options=how)
    except (jsonschema_rs.ValidationError, ValueError):
        return None
