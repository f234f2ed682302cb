"""Ids: a prefix that names the kind, then a ULID (26 characters of Crockford base32, which sort by creation time)."""

from __future__ import annotations

import os
import time
from typing import Final, Literal

Prefix = Literal[
    "ws",
    "mem",
    "ses",
    "key",
    "run",
    "act",
    "evt",
    "dlv",
    "wrk",
    "req",
    "his",
    "con",
    "sec",
    "whe",
    "rul",
    "ins",
    "dk",
    "idn",
    "evr",
    "hvw",
]

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def make_id(prefix: Prefix) -> str:
    """A new id such as ``run_01JD…``: 48 bits of milliseconds, 80 random bits."""
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    return f"{prefix}_" + "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
