"""What the broker's messages say: the keys of some work, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nats.aio.msg import Msg

KEYS_MOST: Final = 25
"""So many share the price of a message; a worker takes all of them, so more would leave less for others to share."""


class KeyMessage:
    """One that was given out to this process. It is over when each of its keys is settled or passed over."""

    def __init__(self, raw: Msg) -> None:
        self.raw = raw
        self.keys = unpack(raw.data)
        self._open = len(self.keys)

    @property
    def kind(self) -> str:
        """As the subject has it, which says the same when it is published again."""
        return self.raw.subject.rpartition(".")[2]

    def one_over(self) -> bool:
        """Whether it was the last."""
        self._open -= 1
        return self._open <= 0


@dataclass(slots=True)
class NamedKey:
    """A key to look at. ``had_a_turn``: it has waited for its lane before."""

    kind: str
    key: str
    message: KeyMessage | None = None
    had_a_turn: bool = False


def pack(items: Iterable[tuple[str, str]], mark: str = "") -> list[tuple[str, str, str]]:
    """(kind, text, message id) for each message that these (kind, key) make. The same keys with the same ``mark`` have
    the same id."""
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
    """A message of one key is the key itself."""
    text = data.decode(errors="replace")
    if text.startswith("["):
        try:
            keys = json.loads(text)
        except ValueError:
            return [text]
        if keys and all(isinstance(key, str) for key in keys):
            return keys  # type: ignore[no-any-return]
    return [text]
