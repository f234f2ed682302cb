"""Media types of bodies: which are JSON, which are forms."""

from __future__ import annotations

import re
from typing import Final

_JSON: Final = re.compile(r"[/+.-]json(?:[.-]|\Z)")


def is_json(media_type: str) -> bool:
    base = media_type.partition(";")[0].strip().lower()
    return base in ("*/*", "application/*") or bool(_JSON.search(base))


def is_form(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() in ("application/x-www-form-urlencoded", "multipart/form-data")


def is_multipart(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() == "multipart/form-data"
