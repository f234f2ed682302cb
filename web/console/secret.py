"""Secret page: shows a new secret once, and can't be loaded again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.console.pages import Page


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A text to copy. A ``secret`` one is never shown again."""

    id: str
    label: str
    value: str
    secret: bool


@dataclass(frozen=True, kw_only=True)
class SecretPage(Page):
    template: ClassVar[str] = "secret.html"
    heading: str
    advice: str
    lines: tuple[SecretRow, ...]
    href: str
    onward: str
