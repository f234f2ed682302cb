"""Broker messages: only the keys of some jobs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nats.aio.msg import Msg

KEYS_MOST: Final = 25
"""Most keys in a message. They share its cost, but one worker takes all of them, so more would leave less for other
workers."""


class KeyMessage:
    """A message that was delivered to this process. It is acknowledged when each of its keys is settled or skipped."""

    def __init__(self, raw: Msg) -> None:
        self.raw = raw
        self.keys = unpack(raw.data)
        self._open = len(self.keys)

    @property
    def kind(self) -> str:
        """The kind of job, from the subject. It stays the same when the message is published again."""
        return self.raw.subject.rpartition(".")[2]

    def complete_one(self) -> bool:
        """Marks one key as settled or skipped. Returns whether it was the last."""
        self._open -= 1
        return self._open <= 0


@dataclass(slots=True)
class NamedKey:
    """A key to look up. ``had_a_turn``: it has waited for its lane before."""

    kind: str
    key: str
    message: KeyMessage | None = None
    had_a_turn: bool = False


def pack(items: Iterable[tuple[str, str]], mark: str = "") -> list[tuple[str, str, str]]:
    """Packs (kind, key) pairs into messages of (kind, text, message id). The same keys with the same ``mark`` get the
    same id."""
    by_kind: dict[str, list[str]] = {}
    for kind, key in items:
        by_kind.setdefault(kind, []).append(key)
    return [
        (kind, *_text(keys[start : start + KEYS_MOST], mark))
        for kind, keys in by_kind.items()
        for start in range(0, len(keys), KEYS_MOST)
    ]


def _text(keys: list[str], mark: str) -> tuple[str, str]:
    text = keys[0] if len(keys) == 1 and not keys[0].startswith("[") else json.dumps(keys)
    return text, hashlib.sha256(f"{text}~{mark}".encode()).hexdigest()[:32]


def unpack(data: bytes) -> list[str]:
    """The keys of a message. If there is one key, the message is that key."""
    text = data.decode(errors="replace")
    if text.startswith("["):
        try:
            keys = json.loads(text)
        except ValueError:
            return [text]
        if keys and all(isinstance(key, str) for key in keys):
            return keys  # type: ignore[no-any-return]
    return [text]
