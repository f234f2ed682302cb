"""Passwords that cost nothing: a real hash fills 64 MiB and takes a tenth of a second, and is checked at each of a
thousand sign-ins."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from core.crypto import passwords

if TYPE_CHECKING:
    from pwdlib import PasswordHash

_NOBODY: Final = "$argon2id$v=19$m=8,t=1,p=1$wwnDYXe5Wfq56uAKIBMw4Q$z3zRypioeLwMhY70zof04ecan94ypsMWZR1aoWqSRw8"
REAL: Final = {name: getattr(passwords, name) for name in ("_hasher", "_NOBODY")}


def hash_cheaply() -> None:
    """From now on what this process hashes, and what it forks, is Argon2id with the least work. It is checked by the
    same code, which reads the cost from the hash."""
    vars(passwords).update(_hasher=_cheap, _NOBODY=_NOBODY)


@cache
def _cheap() -> PasswordHash:
    from pwdlib import PasswordHash
    from pwdlib.hashers.argon2 import Argon2Hasher

    return PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
