"""JSON Pointer (RFC 6901)."""

from __future__ import annotations


def join_pointer(*parts: str | int) -> str:
    """``/a~1b/0`` for ``"a/b", 0``."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)
