"""Message authentication codes (HMAC-SHA256, RFC 2104) over stored values. Whoever can write to the database but has no
data key can't make one.

Each purpose has its own key, derived from a data key by HKDF-SHA256 (RFC 5869). A code is ``m1.``, the data key's id,
``.`` and the unpadded base64url of the 32 bytes. Fields are encoded with type and length, so that no two lists of
fields have the same encoding. The Ed25519 key that signs anchors is derived from the same data key; anybody with its
public part can check them.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.clock import format_iso

_PREFIX: Final = "m1."
_INFO: Final = "opsiq/v1/"


class Authenticator:
    """Makes codes with the data key ``newest``, and accepts codes of every data key in ``keys``, by id."""

    __slots__ = ("_derived", "_keys", "newest")

    def __init__(self, keys: Mapping[str, bytes], newest: str) -> None:
        self._keys = dict(keys)
        self._derived: dict[tuple[str, str], bytes] = {}
        self.newest = newest

    def __repr__(self) -> str:
        return "Authenticator(<keys kept>)"

    def code(self, purpose: str, fields: Sequence[Any]) -> str:
        """The code of ``fields`` for ``purpose``. Fields are text, bytes, integers, booleans, aware times or None."""
        return self._code(self.newest, purpose, fields)

    def fits(self, code: str | None, purpose: str, fields: Sequence[Any]) -> bool:
        """Whether ``code`` was made here for these fields. False too for no code, and for fields that can't have
        one."""
        if not isinstance(code, str) or not code.startswith(_PREFIX) or not code.isascii():
            return False
        key_id = code[len(_PREFIX) :].rpartition(".")[0]
        if key_id not in self._keys:
            return False
        try:
            return hmac.compare_digest(code, self._code(key_id, purpose, fields))
        except (TypeError, ValueError):
            return False

    def secret(self, purpose: str) -> bytes:
        """32 bytes for ``purpose``. They change only with the newest data key."""
        return self._key(self.newest, purpose)

    def sign(self, purpose: str, message: bytes) -> tuple[str, str]:
        """Signs with Ed25519 (RFC 8032). Returns the id of the data key behind the signing key, and the signature as
        base64url."""
        key = Ed25519PrivateKey.from_private_bytes(self._key(self.newest, purpose))
        return self.newest, _b64(key.sign(message))

    def verify_signature(self, purpose: str, message: bytes, key_id: str, signature: str) -> bool:
        """Whether ``sign`` made this signature with one of the data keys."""
        if key_id not in self._keys:
            return False
        try:
            raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
            self._public(key_id, purpose).verify(raw, message)
        except (ValueError, InvalidSignature):
            return False
        return True

    def public(self, purpose: str) -> dict[str, str]:
        """The public keys that verify ``sign``'s signatures, by data key id, as base64url of 32 bytes."""
        return {key_id: _b64(self._public(key_id, purpose).public_bytes_raw()) for key_id in self._keys}

    def _public(self, key_id: str, purpose: str) -> Ed25519PublicKey:
        return Ed25519PrivateKey.from_private_bytes(self._key(key_id, purpose)).public_key()

    def _code(self, key_id: str, purpose: str, fields: Sequence[Any]) -> str:
        made = hmac.digest(self._key(key_id, purpose), b"".join(map(_encode, fields)), "sha256")
        return f"{_PREFIX}{key_id}.{_b64(made)}"

    def _key(self, key_id: str, purpose: str) -> bytes:
        made = self._derived.get((key_id, purpose))
        if made is None:
            derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=(_INFO + purpose).encode())
            made = self._derived[key_id, purpose] = derive.derive(self._keys[key_id])
        return made


def _encode(value: Any) -> bytes:
    """Encodes the fields. Raises TypeError for a type that no sealed column has, and ValueError (UnicodeEncodeError)
    for a lone surrogate."""
    kind = type(value)
    if kind is str:
        raw = value.encode()
        return b"s%d:%b" % (len(raw), raw)
    if value is None:
        return b"n;"
    if kind is bool:
        return b"t;" if value else b"f;"
    if kind is int:
        return b"i%d;" % value
    if kind is bytes:
        return b"b%d:%b" % (len(value), value)
    if isinstance(value, datetime):
        return b"d%b;" % format_iso(value).encode()
    raise TypeError(f"A {kind.__name__} has no encoding here.")


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")
