"""Credentials are read into closed types, and a fault never repeats what was given."""

from __future__ import annotations

from typing import Any

import pytest

from agent.credentials.kinds import Query, read_credential
from core.errors import InvalidInput
from executors.http.credentials import AppliedCredentials

SECRET = "hunter2-hunter2"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"type": "cookie", "value": SECRET},
        {"type": "bearer"},
        {"type": "bearer", "token": ""},
        {"type": "bearer", "token": f"{SECRET}\r\nX-Evil: 1"},
        {"type": "bearer", "token": SECRET, "prefix": "Tok\nen"},
        {"type": "bearer", "token": SECRET, "other": 1},
        {"type": "basic", "username": "a:b", "password": SECRET},
        {"type": "header", "name": "Host", "value": SECRET},
        {"type": "header", "name": "X Y", "value": SECRET},
        {"type": "header", "name": "X-Key", "value": f"{SECRET}ä"},
        {
            "type": "oauth_client",
            "token_url": f"https://u:{SECRET}@x.example",
            "client_id": "c",
            "client_secret": SECRET,
        },
        {"type": "oauth_client", "token_url": "ftp://x.example", "client_id": "c", "client_secret": SECRET},
        {"type": "certificate", "certificate": SECRET, "key": SECRET},
        [SECRET],
        SECRET,
    ],
)
def test_what_is_no_credential_is_refused_without_repeating_it(given: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_credential(given)
    told = f"{caught.value.detail} {caught.value.findings} {caught.value.__cause__!r}"
    assert SECRET not in told


def test_no_secret_is_in_a_credentials_representation() -> None:
    for given in (
        {"type": "bearer", "token": SECRET},
        {"type": "basic", "username": "u", "password": SECRET},
        {"type": "oauth_refresh", "token_url": "https://x.example", "client_id": "c", "refresh_token": SECRET},
    ):
        credential = read_credential(given)
        assert SECRET not in repr(credential)
        if hasattr(credential, "applied"):
            assert SECRET not in repr(credential.apply())


def test_an_answer_that_repeats_a_secret_is_masked() -> None:
    applied = AppliedCredentials(secrets=(SECRET, "abc"))
    assert applied.mask(f'{{"you": "{SECRET}", "short": "abc"}}'.encode()) == b'{"you": "***", "short": "abc"}'
    assert b"aHVudGVy" not in applied.mask(b"Basic aHVudGVyMi1odW50ZXIy")


@pytest.mark.parametrize(
    "said",
    [
        "No route GET /things?api_key=k%2F9%2B%22a%20b%26%3D&page=1",
        "No route GET /things?api_key=k%2F9%2B%22a+b%26%3D",
        "No route GET /things?api_key=k%2f9%2b%22a%20b%26%3d",
        '{"detail": "bad key k/9+\\"a b&="}',
        '{"detail": "bad key k\\/9+\\"a b&="}',
        "<p>bad key k/9+&quot;a b&amp;=</p>",
    ],
)
def test_a_secret_is_masked_however_an_answer_writes_it(said: str) -> None:
    credential = read_credential({"type": "query", "name": "api_key", "value": 'k/9+"a b&='})
    assert isinstance(credential, Query)
    masked = credential.apply().mask(said.encode()).decode()
    assert "***" in masked
    assert "9" not in masked
