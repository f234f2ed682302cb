"""Text sanitizer: turns whatever a peer sent into text that every database can store.

PostgreSQL stores no NUL, and neither database stores lone surrogates. Answers of others are evidence, not input: they
are stored as far as possible, so that an unstorable character never loses the record of what happened. Input of people
is refused instead (``store.rows.storable``).
"""

from __future__ import annotations

import re
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd"


def make_storable(given: bytes | str) -> str:
    """``given`` as text. Invalid UTF-8, NUL and lone surrogates become U+FFFD. Raises nothing."""
    text = given.decode("utf-8", "replace") if isinstance(given, bytes) else given
    return _UNSTORABLE.sub(_REPLACEMENT, text)
