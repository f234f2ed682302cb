"""Passwords are hashed as RFC 9106 asks, and an unknown address takes as long as a wrong password."""

from __future__ import annotations

import pytest

from core.crypto import passwords
from core.errors import InvalidInput
from tests.fast_passwords import REAL

PARAMETERS = "$argon2id$v=19$m=65536,t=3,p=4$"


@pytest.fixture(autouse=True)
def real(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in REAL.items():
        monkeypatch.setattr(passwords, name, value)


def test_a_password_is_hashed_as_recommended_and_never_twice_alike() -> None:
    first, second = passwords.hash_password("correct horse"), passwords.hash_password("correct horse")
    assert first.startswith(PARAMETERS)
    assert first != second
    assert passwords.verify_password("correct horse", first)
    assert passwords.verify_password("correct horse", second)
    assert not passwords.verify_password("correct horsf", first)


def test_with_nobody_to_compare_with_the_same_work_is_done_and_nothing_matches() -> None:
    assert passwords._NOBODY.startswith(PARAMETERS)
    assert passwords._hasher().current_hasher.check_needs_rehash(passwords._NOBODY) is False
    assert not passwords.verify_password("", None)
    assert not passwords.verify_password("correct horse", None)


@pytest.mark.parametrize("kept", ["", "plain", "$2b$12$abc"])
def test_a_hash_of_another_kind_matches_nothing(kept: str) -> None:
    assert not passwords.verify_password("plain", kept)


@pytest.mark.parametrize("password", ["short", "x" * 201])
def test_too_short_and_too_long_are_refused_at_once(password: str) -> None:
    with pytest.raises(InvalidInput, match="10 to 200"):
        passwords.hash_password(password)
    assert not passwords.verify_password("x" * 201, passwords._NOBODY)
