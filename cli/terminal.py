"""Terminal output: what records, platforms, models and other people wrote is shown on a terminal and never obeyed by
it."""

from __future__ import annotations

import sys
from typing import Any, Final, TextIO

from core.display_text import to_display_text

_BACK: Final = "\r"
"""A carriage return, which only a moving progress line writes, and no other text."""


class TerminalStream:
    """A text stream to a terminal. Control characters (escape sequences that move the cursor, set the clipboard or
    answer for whoever types), and those that reorder their neighbours, are spelled out; line breaks and tabs stay."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        shown = text if text == _BACK else "\t".join(map(_spell_out, text.split("\t")))
        self._stream.write(shown)
        return len(text)


def guard_terminal() -> None:
    """Makes standard output and standard error safe where they are a terminal. Files and pipes get every byte as it
    is."""
    if sys.stdout is not None and sys.stdout.isatty():
        sys.stdout = TerminalStream(sys.stdout)
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr = TerminalStream(sys.stderr)


def _spell_out(text: str) -> str:
    return to_display_text(text, lines=True, limit=sys.maxsize)
