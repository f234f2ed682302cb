"""URL paths: whether a server could read one as leading above where it begins."""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import unquote

_ROUNDS: Final = 8
"""How often a path is decoded. One that is still encoded then counts as leading up."""
_UP: Final = re.compile(r"(?:^|[/\\])\.\.?(?:$|[/\\;?#])")
_DROPPED: Final = re.compile(r"[\x00-\x20\x7f-\xa0]")
"""Characters that some servers drop, wherever they stand."""


def leads_up(path: str) -> bool:
    """Whether a server could find a ``.`` or ``..`` in a path without its query: plain, percent-encoded (several times,
    with its slashes), before a backslash or a path parameter (``..;x``), or in compatibility characters."""
    for _ in range(_ROUNDS):
        if _UP.search(_DROPPED.sub("", unicodedata.normalize("NFKC", path))):
            return True
        path, before = unquote(path), path
        if path == before:
            return False
    return True
