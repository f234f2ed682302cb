"""Words of a run for people: its state and the risk of its calls, the same in the console and in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STATE_WORDS: Final[Mapping[str, str]] = {
    "received": "reading",
    "asked": "question",
    "held": "to confirm",
    "confirmed": "confirmed",
    "executing": "sending",
    "succeeded": "done",
    "failed": "failed",
    "unknown": "outcome unknown",
    "refused": "not possible",
    "abstained": "nothing done",
    "answered": "answered",
    "rejected": "rejected",
    "expired": "expired",
}
RISK_WORDS: Final[Mapping[str, str]] = {
    "read": "reads only",
    "write": "changes data",
    "irreversible": "can't be undone",
}
