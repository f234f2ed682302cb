"""Passwords that cost nothing: a real hash fills 64 MiB and takes a tenth of a second, and is checked at each of a
thousand sign-ins."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.crypto import passwords


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """What is hashed meanwhile is Argon2id with the least work; it is checked by the same code, which reads the cost
    from the hash."""
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    cheap = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield
