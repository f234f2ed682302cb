"""Words → typed values of one parameter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agent.read.reading import Found, Reading, settle
from agent.read.text import read_text
from registry.contract import Annotation


def scan(
    text: str, *, name: str, schema: Mapping[str, Any], annotation: Annotation, now: datetime, required: bool = False
) -> list[Reading]:
    """Every place of ``text`` that can be a value of this parameter, best first."""
    return []


def exact(words: str, *, name: str, schema: Mapping[str, Any], annotation: Annotation, now: datetime) -> Reading | None:
    """The whole of ``words`` as one value, or None where they can't be one."""
    read = read_text(words)
    if schema.get("type") == "string" and "enum" not in schema:
        return settle(read, Found(0, len(read.plain), words), 0.5)
    return None
