"""Contract signatures: a detached JWS (RFC 7515, appendix F) with Ed25519 (RFC 8032, RFC 9864) over RFC 8785
canonical bytes.

The form is ``<protected header>..<signature>``; put the base64url of the contract's bytes between the dots and any JWS
library verifies it. The protected header is exactly ``{"alg":"Ed25519","kid":…,"typ":"opsiq-contract+jws"}``; the key
id is the RFC 7638 thumbprint of the public key. There is one algorithm, which senders can't choose. See
docs/reference/wire.md §7.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from core import canon
from core.errors import BadSetting, BadSignature, InvalidContract, NotCanonical
from registry.contract import MAX_CONTRACT_BYTES, Contract, parse

ALGORITHM: Final = "Ed25519"
TYPE: Final = "opsiq-contract+jws"
_MAX_SIGNATURE_CHARS: Final = 1024
_KEPT: Final = 20_000

_DETACHED: Final = re.compile(r"(?P<header>[A-Za-z0-9_-]+)\.\.(?P<signature>[A-Za-z0-9_-]{86})")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key. ``public`` is base64url of the 32 public bytes (a JWK's ``x``), ``private`` the 32 secret
    ones."""

    kid: str
    public: str
    private: bytes = field(repr=False)

    @classmethod
    def of_private(cls, private: bytes) -> Self:
        """The key with these 32 secret bytes. Raises BadSetting for another length."""
        try:
            public = _encode_b64(Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw())
        except ValueError as error:
            raise BadSetting("An Ed25519 private key is 32 bytes.") from error
        return cls(make_kid(public), public, private)

    @classmethod
    def of_pem(cls, text: str) -> Self:
        """A key from PKCS #8 PEM, as ``openssl genpkey -algorithm ed25519`` makes it. Raises BadSetting for other
        text."""
        try:
            key = serialization.load_pem_private_key(text.encode("utf-8"), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise BadSetting("The key file holds no unencrypted PEM private key; make one with 'keygen'.") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise BadSetting("The key file holds a key of another kind; contracts are signed with Ed25519.")
        return cls.of_private(key.private_bytes_raw())

    def jwk(self) -> dict[str, str]:
        """The public key as a JWK (RFC 8037)."""
        return {"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": self.public, "alg": ALGORITHM, "use": "sig"}

    def pem(self) -> str:
        """PKCS #8, unencrypted: what openssl reads."""
        return (
            Ed25519PrivateKey.from_private_bytes(self.private)
            .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            .decode("ascii")
        )


def generate_key() -> SigningKey:
    return SigningKey.of_private(Ed25519PrivateKey.generate().private_bytes_raw())


def make_kid(public: str) -> str:
    """The RFC 7638 thumbprint of a public key (base64url of its 32 bytes). Raises BadSetting for anything else."""
    return _make_jwk(public).thumbprint()


def sign(contract_bytes: bytes, key: SigningKey) -> str:
    """The detached signature of a contract's canonical bytes (``Contract.canonical``).

    Raises InvalidContract for bytes that ``verify`` would refuse, so that nothing unusable is signed.
    """
    if len(contract_bytes) > MAX_CONTRACT_BYTES:
        raise _make_too_large(contract_bytes)
    _parse(contract_bytes)
    pair = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": key.public, "d": _encode_b64(key.private)})
    header = {"alg": ALGORITHM, "kid": key.kid, "typ": TYPE}
    return jws.detach_content(jws.serialize_compact(header, contract_bytes, pair, algorithms=[ALGORITHM]))


def verify(raw: bytes, signature: str, keys: Mapping[str, str]) -> Contract:
    """The contract in ``raw``, if one of ``keys`` (kid → public key) signed exactly these bytes. Verifies before it
    parses.

    Raises BadSignature with the reason, or InvalidContract for signed bytes that are no canonical contract. Successful
    verifications are cached with their key, so that loading ten thousand contracts again costs only look-ups.
    """
    if not signature:
        raise BadSignature("The contract has no signature. Sign it with a key of this workspace.")
    kid = _read_kid(signature)
    public = keys.get(kid)
    if public is None:
        raise BadSignature(f"The contract is signed with the key {kid!r}, which is not a key of this workspace.")
    if len(raw) > MAX_CONTRACT_BYTES:
        raise _make_too_large(raw)
    return _verify_cached(raw, signature, kid, public)


@lru_cache(maxsize=_KEPT)
def _verify_cached(raw: bytes, signature: str, kid: str, public: str) -> Contract:
    """Caches only successful verifications: a refusal is an exception, which isn't cached. The key is part of the cache
    key."""
    try:
        key = _make_jwk(public)
    except BadSetting as error:
        raise BadSignature(f"The key kept under {kid!r} is no Ed25519 public key. Restore it.") from error
    if key.thumbprint() != kid:
        raise BadSignature(f"The key kept under {kid!r} is another key: its thumbprint differs. Restore it.")
    try:
        jws.deserialize_compact(signature, key, algorithms=[ALGORITHM], payload=raw)
    except (JoseError, ValueError) as error:
        raise BadSignature("The signature does not fit the contract: one of them was changed after signing.") from error
    return _parse(raw)


def _make_too_large(raw: bytes) -> InvalidContract:
    return InvalidContract(f"A contract has at most {MAX_CONTRACT_BYTES} bytes; this one has {len(raw)}.")


def _parse(raw: bytes) -> Contract:
    try:
        value = canon.loads(raw)
        if canon.dumps(value) != raw:
            raise InvalidContract("The bytes are not canonical JSON (RFC 8785); sign the canonical form.")
    except NotCanonical as error:
        raise InvalidContract(f"The bytes are no contract. {error.detail}") from error
    contract = parse(value)
    if contract.canonical != raw:
        raise InvalidContract(
            "The bytes do not spell the contract in full: every field with a default must be written out. "
            "Sign what 'opsiq contracts sign' writes."
        )
    return contract


def _read_kid(signature: str) -> str:
    """The key id of a signature in the one accepted form; raises BadSignature for any other."""
    if signature.count(".") == 2 and signature.split(".")[1]:
        raise BadSignature("The signature carries its own payload; send a detached JWS (header..signature).")
    if len(signature) > _MAX_SIGNATURE_CHARS:
        raise BadSignature(f"The signature is longer than {_MAX_SIGNATURE_CHARS} characters; it is not one of ours.")
    found = _DETACHED.fullmatch(signature)
    if found is None:
        raise BadSignature("The signature is not a detached JWS (header..signature).")
    if _encode_b64(_decode_b64(found["signature"])) != found["signature"]:
        raise BadSignature("The signature's base64url has loose bits at its end; it was changed after signing.")
    try:
        header = canon.loads(_decode_b64(found["header"]))
    except NotCanonical as error:
        raise BadSignature("The signature's header is not JSON.") from error
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        raise BadSignature("The signature's header names no algorithm.")
    if header["alg"].lower() == "none":
        raise BadSignature("The algorithm 'none' signs nothing; sign with Ed25519.")
    if header["alg"] != ALGORITHM:
        raise BadSignature(f"The signature's algorithm is {header['alg'][:32]!r}; only {ALGORITHM} is accepted.")
    if not isinstance(header.get("kid"), str):
        raise BadSignature("The signature's header names no key (kid).")
    if header.get("typ") != TYPE:
        raise BadSignature(f"The signature was made for something else: its typ is not {TYPE!r}.")
    if len(header) != 3:
        raise BadSignature("The signature's header holds more than alg, kid and typ.")
    kid: str = header["kid"]
    return kid


@lru_cache(maxsize=1024)
def _make_jwk(public: str) -> OKPKey:
    if len(public) != 43 or len(_decode_b64(public)) != 32:
        raise BadSetting("A public signing key is 32 bytes in base64url (43 characters).")
    return OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": public})


def _encode_b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decode_b64(text: str) -> bytes:
    """Decodes base64url; empty for anything else, so that the caller's check names the fault."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return b""
