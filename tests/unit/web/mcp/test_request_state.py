"""Sealed request states: what was changed in any place opens nothing."""

from __future__ import annotations

import random
import string

import pytest
from mcp.server.request_state import InvalidRequestState

from core.crypto.secretbox import SecretBox, make_key
from web.mcp.request_state import SealedState

ALPHABET = string.ascii_letters + string.digits + "-_."


def opens(codec: SealedState, token: str) -> bool:
    try:
        codec.unseal(token)
    except InvalidRequestState:
        return False
    return True


def test_a_state_opens_as_it_was_sealed_and_nowhere_else() -> None:
    box = SecretBox(make_key())
    token = SealedState(box).seal(b'{"run": "run_1"}')
    assert SealedState(box).unseal(token) == b'{"run": "run_1"}'
    assert "run" not in token
    assert not opens(SealedState(SecretBox(make_key())), token)
    assert not opens(SealedState(box), box.seal(b"{}", context="another purpose"))


def test_of_a_hundred_thousand_mutated_states_none_opens() -> None:
    codec, rng = SealedState(SecretBox(make_key(), id="k1")), random.Random(20261127)
    token = codec.seal(b'{"run":"run_01JD0000000000000000000000","slot":null,"waits":0}')
    opened = 0
    for _ in range(100_000):
        at = rng.randrange(len(token))
        match rng.randrange(4):
            case 0:
                changed = token[:at] + rng.choice(ALPHABET) + token[at + 1 :]
            case 1:
                changed = token[:at] + token[at + 1 :]
            case 2:
                changed = token[:at] + rng.choice(ALPHABET) + token[at:]
            case _:
                other = rng.randrange(len(token))
                changed = token[: min(at, other)] + token[max(at, other) :]
        opened += changed != token and opens(codec, changed)
    assert opened == 0


@pytest.mark.parametrize("last", sorted(ALPHABET))
def test_a_state_is_written_in_one_way(last: str) -> None:
    """The last character of base64url may hold bits that stand for nothing."""
    codec = SealedState(SecretBox(make_key()))
    for payload in (b"1", b"12", b"123"):
        token = codec.seal(payload)
        assert opens(codec, token[:-1] + last) == (token[-1] == last)
