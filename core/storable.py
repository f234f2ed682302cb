"""Text sanitizer: turns whatever a peer sent into text that every database can store.

PostgreSQL keeps no NUL in text, and neither database a lone surrogate. Answers of others are evidence, not input: they
are stored as far as possible, and an unstorable character never loses the record of what happened. Input of people is
refused instead (``store.rows.storable``).
"""

from __future__ import annotations

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def make_storable(given: bytes | str) -> str:
    """``given`` as text, with U+FFFD for what is no UTF-8, for NUL and for lone surrogates. Raises nothing."""
    text = given.decode("utf-8", "replace") if isinstance(given, bytes) else given
    return _UNSTORABLE.sub(_REPLACEMENT, text)
