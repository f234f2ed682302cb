"""OPSIQ1-HMAC-SHA256: signatures of requests to ``/v1/*`` (docs/reference/wire.md §1). No I/O and no clock: both are
passed in.

There is one form and nothing to configure: no decoding, sorting or normalizing, one order of fields, one way to write
each. Any other form is refused. Every refusal is the same Unauthenticated sentence; its ``__cause__`` has the reason,
for the server's log only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.errors import ClockSkew, Unauthenticated

SCHEME: Final = "OPSIQ1-HMAC-SHA256"
WINDOW_S: Final = 300
"""Largest difference between a timestamp and the server's clock, in seconds, in either direction."""
NONCE_S: Final = 600
"""How long a (key, nonce) pair is remembered, in seconds: as long as its timestamp can be in the window."""
MAX_HEADER_CHARS: Final = 256

_HEADER: Final = re.compile(
    SCHEME + r" key=(?P<key>pk_[A-Za-z0-9_-]{1,96}),ts=(?P<ts>[1-9][0-9]{0,10})"
    r",nonce=(?P<nonce>[A-Za-z0-9_-]{22}),sig=(?P<sig>[0-9a-f]{64})"
)
_METHOD: Final = re.compile(r"[A-Z]{1,16}")
_LINE: Final = re.compile(r"[\x20-\x7e]*")
REFUSED: Final = (
    f"The request is not signed by a key known here. Sign it with {SCHEME} as the API reference describes, "
    "with a key that is active."
)


@dataclass(frozen=True, slots=True)
class SignedHeader:
    """The parsed Authorization header. None of it is verified yet."""

    key: str
    ts: int
    nonce: str
    sig: str


def make_nonce() -> str:
    """22 characters of base64url: 128 random bits."""
    return base64.urlsafe_b64encode(os.urandom(16)).decode("ascii").rstrip("=")


def make_string_to_sign(
    *,
    ts: int,
    nonce: str,
    key: str,
    method: str,
    path: str,
    query: str = "",
    idempotency_key: str = "",
    body: bytes = b"",
) -> str:
    """The nine lines that are signed. ``path`` and ``query`` (without its ``?``) are exactly as sent, and so is
    ``idempotency_key``, the header's value.

    Raises Unauthenticated for a value that no HTTP request line can carry (control or non-ASCII characters). Otherwise
    a line break inside one line could pass for two lines.
    """
    if not _METHOD.fullmatch(method):
        raise _refusal("the method is not upper-case letters")
    for name, value in (
        ("nonce", nonce),
        ("key", key),
        ("path", path),
        ("query", query),
        ("idempotency key", idempotency_key),
    ):
        if not _LINE.fullmatch(value):
            raise _refusal(f"the {name} holds a character outside printable ASCII")
    return "\n".join(
        (SCHEME, str(ts), nonce, key, method, path, query, idempotency_key, hashlib.sha256(body).hexdigest())
    )


def sign(secret: str, text: str) -> str:
    """HMAC-SHA256 as 64 hex digits. The key is the whole secret string, including its prefix, as UTF-8."""
    return hmac.new(secret.encode("utf-8"), text.encode("utf-8"), hashlib.sha256).hexdigest()


def make_header(
    secret: str,
    *,
    ts: int,
    nonce: str,
    key: str,
    method: str,
    path: str,
    query: str = "",
    idempotency_key: str = "",
    body: bytes = b"",
) -> str:
    """Builds the Authorization header of one request. Every retry needs a new ``ts`` and ``nonce``."""
    text = make_string_to_sign(
        ts=ts, nonce=nonce, key=key, method=method, path=path, query=query, idempotency_key=idempotency_key, body=body
    )
    return f"{SCHEME} key={key},ts={ts},nonce={nonce},sig={sign(secret, text)}"


def parse_header(values: Sequence[str]) -> SignedHeader:
    """Parses a request's Authorization headers (all values, as received). Raises Unauthenticated unless there is
    exactly one, in the one form: no other order, no spaces, no repeated or unknown field, no leading zeros, lower-case
    hex."""
    if len(values) != 1:
        raise _refusal(f"{len(values)} Authorization headers")
    if len(values[0]) > MAX_HEADER_CHARS:
        raise _refusal("the Authorization header is too long")
    found = _HEADER.fullmatch(values[0])
    if found is None:
        raise _refusal("the Authorization header is not in the one form")
    return SignedHeader(key=found["key"], ts=int(found["ts"]), nonce=found["nonce"], sig=found["sig"])


def get_single(values: Sequence[str]) -> str:
    """The single Idempotency-Key value that is signed, empty for none. Raises Unauthenticated for two."""
    if len(values) > 1:
        raise _refusal(f"{len(values)} Idempotency-Key headers")
    return values[0] if values else ""


def check_window(ts: int, now: int) -> None:
    """Checks the timestamp. Raises ClockSkew if ``ts`` is more than WINDOW_S seconds from ``now``. The error carries
    ``server_time``, so that a client can correct its clock."""
    if abs(now - ts) > WINDOW_S:
        raise ClockSkew(
            f"The request was signed {abs(now - ts)} s {'ago' if now > ts else 'in the future'}; at most {WINDOW_S} s "
            f"are allowed. Set your clock: it is {now} here.",
            extra={"server_time": now},
        )


def check(
    signed: SignedHeader,
    secrets: Sequence[str],
    *,
    method: str,
    path: str,
    query: str = "",
    idempotency_key: str = "",
    body: bytes = b"",
) -> None:
    """Checks the signature. Raises Unauthenticated unless one of ``secrets`` (a key's active ones; none for an unknown
    key) made it.

    An unknown key costs the same hashing and comparing as a known one, so that timing does not reveal which keys exist.
    """
    text = make_string_to_sign(
        ts=signed.ts,
        nonce=signed.nonce,
        key=signed.key,
        method=method,
        path=path,
        query=query,
        idempotency_key=idempotency_key,
        body=body,
    )
    fits = False
    for secret in secrets or ("",):
        fits |= hmac.compare_digest(sign(secret, text), signed.sig)
    if not (fits and secrets):
        raise _refusal("the signature does not match" if secrets else "the key is not known or not active")


def _refusal(why: str) -> Unauthenticated:
    error = Unauthenticated(REFUSED)
    error.__cause__ = ValueError(why)
    return error
