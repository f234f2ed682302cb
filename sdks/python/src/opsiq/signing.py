"""OPSIQ1-HMAC-SHA256: how a request to OpsIQ is signed (docs/reference/wire.md §1). No I/O, no clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
from typing import Final

from opsiq.errors import ConfigurationError

SCHEME: Final = "OPSIQ1-HMAC-SHA256"
_PUBLIC: Final = re.compile(r"pk_(test|live)_[A-Za-z0-9_-]{1,91}")
_SECRET: Final = re.compile(r"sk_(test|live)_[A-Za-z0-9_-]{16,200}")
_HOW: Final = "Make a pair with `opsiq keys create`, and see that the variable it is kept in is set."


class Credentials:
    """A key pair. Never shows the secret. Raises ConfigurationError for what does not look like one."""

    def __init__(self, public_key: str, secret_key: str) -> None:
        public = _PUBLIC.fullmatch(public_key if isinstance(public_key, str) else "")
        secret = _SECRET.fullmatch(secret_key if isinstance(secret_key, str) else "")
        if public is None:
            raise ConfigurationError(f"public_key must be a public key of OpsIQ: pk_test_… or pk_live_…. {_HOW}")
        if secret is None:
            raise ConfigurationError(f"secret_key must be the secret of that key: sk_test_… or sk_live_…. {_HOW}")
        if public[1] != secret[1]:
            raise ConfigurationError(
                f"public_key is a {public[1]} key and secret_key a {secret[1]} one: they belong to two pairs."
            )
        self.public_key = public_key
        self._secret = secret_key

    def __repr__(self) -> str:
        return f"Credentials({self.public_key!r})"

    def __reduce__(self) -> str:
        raise TypeError("Credentials are not pickled: the secret would lie in the pickle.")

    def authorization(
        self, *, ts: int, nonce: str, method: str, path: str, query: str, idempotency_key: str, body: bytes
    ) -> str:
        """The Authorization header of one attempt. ``path`` and ``query`` exactly as they are sent."""
        return header(
            self._secret, ts=ts, nonce=nonce, key=self.public_key, method=method, path=path, query=query,
            idempotency_key=idempotency_key, body=body,
        )  # fmt: skip


def string_to_sign(
    *, ts: int, nonce: str, key: str, method: str, path: str, query: str, idempotency_key: str, body: bytes
) -> str:
    """The nine lines; an absent value is an empty one."""
    return "\n".join(
        (SCHEME, str(ts), nonce, key, method, path, query, idempotency_key, hashlib.sha256(body).hexdigest())
    )


def header(
    secret: str, *, ts: int, nonce: str, key: str, method: str, path: str, query: str, idempotency_key: str, body: bytes
) -> str:
    """What ``Authorization`` says."""
    text = string_to_sign(
        ts=ts, nonce=nonce, key=key, method=method, path=path, query=query, idempotency_key=idempotency_key, body=body
    )
    sig = hmac.digest(secret.encode("utf-8"), text.encode("utf-8"), "sha256").hex()
    return f"{SCHEME} key={key},ts={ts},nonce={nonce},sig={sig}"


def new_nonce() -> str:
    """22 characters of base64url: 128 random bits."""
    return base64.urlsafe_b64encode(os.urandom(16)).decode("ascii").rstrip("=")
