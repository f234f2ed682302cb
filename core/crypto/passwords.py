"""Passwords: Argon2id through pwdlib, whose defaults follow RFC 9106's second recommended option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from core.errors import InvalidInput

if TYPE_CHECKING:
    from pwdlib import PasswordHash

LEAST_CHARACTERS: Final = 10
MOST_CHARACTERS: Final = 200


def check_password(password: str) -> None:
    """Checks a password's length. Raises InvalidInput if it is too short or too long."""
    if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
        raise InvalidInput(f"A password has {LEAST_CHARACTERS} to {MOST_CHARACTERS} characters.")


def hash_password(password: str) -> str:
    """Hashes ``password`` to a PHC string. Raises like ``check_password``. Takes tens of milliseconds."""
    check_password(password)
    return _hasher().hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether the password is right. Without a hash it takes as long, so that timing does not reveal unknown
    addresses."""
    from pwdlib.exceptions import UnknownHashError

    if len(password) > MOST_CHARACTERS:
        return False
    try:
        found = _hasher().verify(password, kept or _NOBODY)
    except UnknownHashError:
        return False
    return found and kept is not None


def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


_NOBODY: Final = "$argon2id$v=19$m=65536,t=3,p=4$u2LFeaTyTG9JsdoiRQiUEg$eVJh6EaBRmVRxVaK4Sz0lXJ0sWl7yD6aXbnnKzLMFnM"
