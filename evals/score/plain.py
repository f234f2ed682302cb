"""Plain form: how strings are compared, in cases and answers."""

from __future__ import annotations

import re
from typing import Final

_NOISE: Final = re.compile(r"[ ,./\-_*^]")


def fold(text: str) -> str:
    """Without `` ,./-_*^`` and case."""
    return _NOISE.sub("", text).casefold()
