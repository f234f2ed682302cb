"""A contract whose signature does not verify does not exist (docs/reference/wire.md §7)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadSetting, BadSignature, InvalidContract, OpsIQError
from registry import signing
from registry.contract import Contract, parse
from registry.signing import SigningKey, verify
from tests.unit.registry.samples import sample

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "contract.json").read_text(encoding="utf-8")
)
KEYS = {VECTORS["kid"]: VECTORS["public"]}
KEY = SigningKey.of_private(base64.urlsafe_b64decode(VECTORS["private"] + "="))
CONTRACT = parse(sample())
SIGNED = signing.sign(CONTRACT.canonical, KEY)


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[each["name"] for each in cases])


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_key_id_is_the_thumbprint_published_in_rfc_8037() -> None:
    assert (KEY.kid, KEY.public) == (VECTORS["kid"], VECTORS["public"])
    assert KEY.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


@named(VECTORS["good"])
def test_what_openssl_signed_verifies_and_signing_gives_the_same_text(case: dict[str, Any]) -> None:
    raw = case["raw"].encode("utf-8")
    contract = verify(raw, case["signature"], KEYS)
    assert contract.canonical == raw
    assert signing.sign(raw, KEY) == case["signature"]


@named(VECTORS["bad"])
def test_what_is_signed_in_any_other_way_is_refused_with_its_own_reason(case: dict[str, Any]) -> None:
    with pytest.raises((BadSignature, InvalidContract), match=case["why"]):
        verify(case["raw"].encode("utf-8"), case["signature"], KEYS)


def test_every_refusal_of_a_signature_has_a_sentence_of_its_own() -> None:
    said = []
    for case in VECTORS["bad"]:
        with pytest.raises(OpsIQError) as caught:
            verify(case["raw"].encode("utf-8"), case["signature"], KEYS)
        said.append(caught.value.detail)
    for raw, signature in ((CONTRACT.canonical, ""), (CONTRACT.canonical + b" ", SIGNED), (CONTRACT.canonical, "x")):
        with pytest.raises(OpsIQError) as caught:
            verify(raw, signature, KEYS)
        said.append(caught.value.detail)
    # Two pairs share a sentence because they share a fault: a foreign algorithm is told by name, extra header members
    # by number.
    assert len(set(said)) == len(said) - 1


def test_a_stranger_verifies_it_by_putting_the_payload_between_the_dots() -> None:
    header, _, signature = SIGNED.split(".")
    payload = base64.urlsafe_b64encode(CONTRACT.canonical).decode("ascii").rstrip("=")
    public = Ed25519PublicKey.from_public_bytes(unpadded(KEY.public))
    public.verify(unpadded(signature), f"{header}.{payload}".encode("ascii"))
    with pytest.raises(InvalidSignature):
        public.verify(unpadded(signature), f"{header}.{payload}x".encode("ascii"))


@given(place=st.integers(0, len(CONTRACT.canonical) - 1), bit=st.integers(0, 7))
def test_a_changed_byte_is_refused(place: int, bit: int) -> None:
    raw = bytearray(CONTRACT.canonical)
    raw[place] ^= 1 << bit
    with pytest.raises(BadSignature, match="changed after signing"):
        verify(bytes(raw), SIGNED, KEYS)


@given(place=st.integers(0, len(SIGNED) - 1), char=st.sampled_from("AZaz09-_.=+/ \n"))
def test_a_changed_character_of_the_signature_is_refused(place: int, char: str) -> None:
    other = SIGNED[:place] + char + SIGNED[place + 1 :]
    if other != SIGNED:
        with pytest.raises(BadSignature):
            verify(CONTRACT.canonical, other, KEYS)


def test_the_loose_bits_of_base64_make_no_second_signature() -> None:
    """86 characters carry 516 bits, a signature has 512: the last character could be written four or sixteen ways."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(SIGNED[-1])
    twin = SIGNED[:-1] + alphabet[last ^ 1]
    assert unpadded(twin.split(".")[2]) == unpadded(SIGNED.split(".")[2])
    with pytest.raises(BadSignature, match="loose bits"):
        verify(CONTRACT.canonical, twin, KEYS)


def test_an_attached_payload_is_refused() -> None:
    header, _, signature = SIGNED.split(".")
    payload = base64.urlsafe_b64encode(CONTRACT.canonical).decode("ascii").rstrip("=")
    with pytest.raises(BadSignature, match="own payload"):
        verify(CONTRACT.canonical, f"{header}.{payload}.{signature}", KEYS)


def test_a_key_of_another_workspace_is_refused() -> None:
    other = signing.generate_key()
    with pytest.raises(BadSignature, match="not a key of this workspace"):
        verify(CONTRACT.canonical, signing.sign(CONTRACT.canonical, other), KEYS)


def test_a_key_put_under_another_keys_id_is_refused() -> None:
    other = signing.generate_key()
    with pytest.raises(BadSignature, match="thumbprint"):
        verify(CONTRACT.canonical, SIGNED, {KEY.kid: other.public})


def test_a_spoilt_public_key_is_refused_and_named() -> None:
    with pytest.raises(BadSignature, match="no Ed25519 public key"):
        verify(CONTRACT.canonical, SIGNED, {KEY.kid: "spoilt"})


def test_what_was_verified_once_is_refused_when_its_key_is_taken_away() -> None:
    assert verify(CONTRACT.canonical, SIGNED, KEYS) is verify(bytes(bytearray(CONTRACT.canonical)), SIGNED, KEYS)
    with pytest.raises(BadSignature):
        verify(CONTRACT.canonical, SIGNED, {})


def test_an_oversized_contract_is_refused_before_it_is_hashed() -> None:
    raw = parse(sample() | {"examples": ["x" * 200] * 400}).canonical
    with pytest.raises(InvalidContract, match="at most 65536 bytes"):
        verify(raw, SIGNED, KEYS)
    with pytest.raises(InvalidContract, match="at most 65536 bytes"):
        signing.sign(raw, KEY)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        CONTRACT.canonical + b"\n",
        CONTRACT.canonical.replace(b'"version":1', b'"version":1.0'),
    ],
)
def test_nothing_is_signed_that_would_not_verify(raw: bytes) -> None:
    with pytest.raises(InvalidContract):
        signing.sign(raw, KEY)


@given(raw=st.binary(max_size=80), signature=st.text(max_size=120))
def test_garbage_is_a_typed_error(raw: bytes, signature: str) -> None:
    with pytest.raises(BadSignature):
        verify(raw, signature, KEYS)


@given(header=st.binary(max_size=60), raw=st.binary(max_size=20))
def test_a_garbled_header_in_the_right_form_is_a_typed_error(header: bytes, raw: bytes) -> None:
    text = base64.urlsafe_b64encode(header).decode("ascii").rstrip("=")
    with pytest.raises(BadSignature):
        verify(raw, f"{text}..{'A' * 86}", KEYS)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit"]), inner, max_size=4)
        ),
        max_leaves=6,
    )
)
def test_a_header_of_any_json_is_a_typed_error(value: Any) -> None:
    text = base64.urlsafe_b64encode(json.dumps(value).encode("utf-8")).decode("ascii").rstrip("=")
    with pytest.raises(BadSignature):
        verify(b"{}", f"{text}..{'A' * 86}", KEYS)


def test_a_key_goes_through_pem_and_back_and_never_shows_its_secret() -> None:
    key = signing.generate_key()
    assert SigningKey.of_pem(key.pem()) == key
    assert repr(key.private) not in repr(key)
    assert key.jwk()["x"] == key.public
    assert signing.make_kid(key.public) == key.kid


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "ключ"]
)
def test_a_file_that_is_no_key_is_named_as_a_setting(text: str) -> None:
    with pytest.raises(BadSetting, match="keygen"):
        SigningKey.of_pem(text)


@pytest.mark.parametrize("public", ["", "A" * 42, "A" * 44, "!" * 43, "é" * 43])
def test_a_public_key_is_43_characters(public: str) -> None:
    with pytest.raises(BadSetting):
        signing.make_kid(public)


def test_the_contract_that_verifies_is_the_contract_that_was_signed() -> None:
    contract: Contract = verify(CONTRACT.canonical, SIGNED, KEYS)
    assert contract == CONTRACT
    assert contract.digest == CONTRACT.digest
