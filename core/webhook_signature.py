"""Standard Webhooks ``v1`` signatures for what OpsIQ sends: events and action calls (docs/reference/wire.md §2). No I/O
and no clock.

Any ``standardwebhooks`` library verifies them. ``verify`` is for what connectors receive. Any fault in a message, from
bad base64 to a doubled header, raises one typed error.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from core.errors import BadSetting, Unauthenticated

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the public prefix, no secret
TOLERANCE_S: Final = 300
_SECRET_BYTES: Final = 24
_MIN_SECRET_BYTES: Final = 16
_ID: Final = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,255}")
_TS: Final = re.compile(r"(0|[1-9][0-9]{0,10})")
_NEEDED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


def make_secret() -> str:
    """A new secret: ``whsec_`` and standard base64 of 24 random bytes."""
    return SECRET_PREFIX + base64.b64encode(os.urandom(_SECRET_BYTES)).decode("ascii")


def sign(secrets: Sequence[str], msg_id: str, ts: int, body: bytes) -> str:
    """The ``webhook-signature`` value: one ``v1,<base64>`` for each secret, space-separated, in the given order.

    ``ts`` is Unix seconds, ``body`` the raw bytes as sent. Raises BadSetting if there is no secret or one is not
    ``whsec_`` + base64, and ValueError for an id that would make the signed text ambiguous (a dot, a space, a control
    character).
    """
    if not secrets:
        raise BadSetting("There is no secret to sign with.")
    if not _ID.fullmatch(msg_id):
        raise ValueError(f"{msg_id!r} can't be a webhook id: 1–255 printable characters without space and dot")
    signed = f"{msg_id}.{ts}.".encode("ascii") + body
    return " ".join([_one(_make_hmac(secret), signed) for secret in secrets])


def verify(
    secrets: Sequence[str], headers: Mapping[str, str] | Iterable[tuple[str, str]], body: bytes, *, now: int
) -> str:
    """Verifies a message. Returns its ``webhook-id`` if one of ``secrets`` signed it within TOLERANCE_S of ``now``
    (Unix seconds).

    ``headers`` may be in any case, as a mapping or as pairs; pairs show doubled headers, which are refused. Raises
    Unauthenticated for any other fault of the sender, and BadSetting for a malformed secret of ours.
    """
    keys = [_make_hmac(secret) for secret in secrets]
    found = _pick_headers(headers)
    msg_id, ts, signatures = (found[name] for name in _NEEDED)
    if not _ID.fullmatch(msg_id) or not _TS.fullmatch(ts):
        raise Unauthenticated("The webhook's id or timestamp is malformed.")
    if abs(now - int(ts)) > TOLERANCE_S:
        raise Unauthenticated(
            f"The webhook was signed more than {TOLERANCE_S} s from now: it is a replay, or a clock is wrong."
        )
    signed = f"{msg_id}.{ts}.".encode("ascii") + body
    # Once for each secret, not for each signature that the message claims: a body may be long.
    made = [_one(key, signed).encode("ascii") for key in keys]
    given = [part.encode("utf-8", "replace") for part in signatures.split(" ")]
    if not any(hmac.compare_digest(ours, theirs) for theirs in given for ours in made):
        raise Unauthenticated("No signature on this webhook was made with a secret we share.")
    return msg_id


def _one(keyed: hmac.HMAC, signed: bytes) -> str:
    mac = keyed.copy()
    mac.update(signed)
    return "v1," + binascii.b2a_base64(mac.digest(), newline=False).decode("ascii")


def _pick_headers(headers: Mapping[str, str] | Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers.items() if isinstance(headers, Mapping) else headers:
        lower = name.lower()
        if lower in found and lower in _NEEDED:
            raise Unauthenticated(f"The header {lower} stands twice.")
        found[lower] = value
    for name in _NEEDED:
        if not found.get(name):
            raise Unauthenticated(f"The header {name} is missing.")
    return found


@lru_cache(maxsize=1024)
def _make_hmac(secret: str) -> hmac.HMAC:
    """An HMAC with only the key set, to be copied for each message."""
    return hmac.new(_key(secret), digestmod="sha256")


def _key(secret: str) -> bytes:
    wrong = BadSetting(
        "A webhook secret must be 'whsec_' and standard base64 of at least 16 bytes; make one with a new endpoint."
    )
    if not secret.startswith(SECRET_PREFIX):
        raise wrong
    body = secret[len(SECRET_PREFIX) :]
    try:
        key = base64.b64decode(body + "=" * (-len(body) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wrong from error
    if len(key) < _MIN_SECRET_BYTES:
        raise wrong
    return key
