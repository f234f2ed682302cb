"""Requests are signed as the vectors say, and nothing shows a secret."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

import opsiq
from opsiq import signing
from opsiq.signing import Credentials

from .conftest import PUBLIC, SECRET, named, vectors

VECTORS = vectors("opsiq1.json")


def fields(case: dict[str, Any]) -> dict[str, Any]:
    sent = {name: case[name] for name in ("ts", "nonce", "method", "path", "query", "idempotency_key")}
    return {**sent, "body": case["body"].encode()}


@named(VECTORS["good"])
def test_a_request_is_signed_as_openssl_signs_it(case: dict[str, Any]) -> None:
    assert signing.string_to_sign(key=case["key"], **fields(case)) == case["string_to_sign"]
    assert signing.header(case["secret"], key=case["key"], **fields(case)) == case["authorization"]


@named(VECTORS["altered"])
def test_whatever_is_altered_alters_the_signature(case: dict[str, Any]) -> None:
    first = VECTORS["good"][0]
    sent = {**first, **case["change"]}
    assert signing.header(sent["secret"], key=sent["key"], **fields(sent)) != first["authorization"]


def test_nonces_are_22_characters_and_never_the_same() -> None:
    made = {signing.new_nonce() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(each) for each in made} == {22}


@pytest.mark.parametrize(
    ("public", "secret", "says"),
    [
        ("", SECRET, "public_key"), (None, SECRET, "public_key"), (SECRET, SECRET, "public_key"), (PUBLIC + "\n", SECRET, "public_key"),  # noqa: E501
        ("pk_test_a,b", SECRET, "public_key"), (PUBLIC, "", "secret_key"), (PUBLIC, None, "secret_key"), (PUBLIC, PUBLIC, "secret_key"),  # noqa: E501
        (PUBLIC, SECRET + "\n", "secret_key"), ("pk_live_1", SECRET, "two pairs"), (PUBLIC, SECRET.replace("test", "live"), "two pairs"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_no_pair_of_keys_is_refused_without_showing_it(public: Any, secret: Any, says: str) -> None:
    with pytest.raises(opsiq.ConfigurationError, match=says) as refused:
        Credentials(public, secret)
    assert "AAAA" not in str(refused.value)


def test_nothing_shows_the_secret() -> None:
    client = opsiq.OpsIQ(PUBLIC, SECRET)
    shown = [repr(client), str(client), repr(client.events), repr(client._core), repr(client._core.credentials)]
    assert SECRET not in "".join(shown)
    assert PUBLIC in repr(client)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(client._core.credentials)
    client.close()
