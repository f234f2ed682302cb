"""Encryption of secrets at rest: AES-256-GCM with a data key, bound to the place where each secret is stored.

A sealed value is ``v1.``, then the data key's id and ``.`` if it has one, then the unpadded base64url of ``nonce (12) |
ciphertext | tag (16)`` under AES-256-GCM (NIST SP 800-38D). The ``context`` is its associated data: a sealed value that
is copied to another row, workspace or purpose can't be decrypted there.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.crypto.authenticator import Authenticator
from core.errors import BadSetting

KEY_BYTES: Final = 32
_PREFIX: Final = "v1."
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


def make_key() -> bytes:
    return os.urandom(KEY_BYTES)


class SecretBox:
    """Seals with one key of 32 bytes. Opens with it and with the ``older`` keys, by key id. Raises BadSetting for a key
    of another length."""

    __slots__ = ("_ciphers", "_id", "authenticator")

    def __init__(self, key: bytes, *, id: str = "", older: Mapping[str, bytes] | None = None) -> None:  # noqa: A002
        self._id = id
        keys = {**(older or {}), id: key}
        self._ciphers = {name: _cipher(each) for name, each in keys.items()}
        self.authenticator = Authenticator(keys, id)
        """Makes authentication codes over unencrypted stored data, with keys derived from the same data keys."""

    def __repr__(self) -> str:
        return "SecretBox(<key kept>)"

    def seal(self, plain: bytes, *, context: str) -> str:
        """Encrypts ``plain`` for ``context``. The result is different every time. Safe for about 2^32 values per key
        (random nonces)."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self._id].encrypt(nonce, plain, context.encode("utf-8"))
        return (
            _PREFIX
            + (f"{self._id}." if self._id else "")
            + base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")
        )

    def open(self, sealed: str, *, context: str) -> bytes:
        """Decrypts what ``seal`` returned. Raises BadSetting for another key or context, or if the text was changed."""
        name, raw = _decode(sealed)
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise BadSetting(
                "A stored secret was sealed with a data key this process does not know. Restart it if one was "
                "made since it "
                "started; else restore the database's data_keys from a backup, or enter the secret again."
            )
        try:
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], context.encode("utf-8"))
        except InvalidTag as error:
            raise BadSetting(
                "A stored secret does not open with this data key. Set OPSIQ_DATA_KEY (or restore data.key) to the key "
                "it was sealed with; if that is the one in use, the stored value was changed: enter the secret again."
            ) from error


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise BadSetting(f"The data key must be {KEY_BYTES} bytes; this one is {len(key)}.")
    return AESGCM(key)


def _decode(sealed: str) -> tuple[str, bytes]:
    """The data key's id and the encrypted bytes."""
    unreadable = BadSetting("A stored secret is not in the sealed form 'v1.…'; enter the secret again.")
    if not sealed.startswith(_PREFIX):
        raise unreadable
    name, _, body = sealed[len(_PREFIX) :].rpartition(".")
    if "+" in body or "/" in body:  # Python accepts them in place of "-" and "_"
        raise unreadable
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise unreadable from error
    if len(raw) < _NONCE_BYTES + _TAG_BYTES:
        raise unreadable
    return name, raw
