"""Who the platform vouches for, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from connectors.saas.identity import SaasIdentities
from core.errors import BadAssertion, BadSetting
from registry.connector import Identity
from tests.integration.frozen_clock import FrozenClock

SECRET = "a-secret-that-is-long-enough-for-hs256"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
CLAIMS: dict[str, Any] = {
    "aud": "opsiq", "sub": "u_7", "name": "Nora Lindqvist", "role": "support", "iat": AT, "exp": AT + 300,
}  # fmt: skip


def token(secret: str = SECRET, alg: str = "HS256", **changes: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode({"alg": alg}, claims, OctKey.import_key(secret), algorithms=[alg])


async def identify(assertion: str) -> Identity:
    return await SaasIdentities(SECRET, FrozenClock(NOW)).identify(assertion)


async def test_a_signed_fresh_token_names_the_person() -> None:
    assert await identify(token()) == Identity("u_7", "Nora Lindqvist", "support")


@pytest.mark.parametrize(
    ("assertion", "reason"),
    [
        (token(secret="another-secret-that-is-long-enough!!"), "not signed"),
        (token(alg="HS512"), "not signed"),
        ("", "not signed"),
        ("a.b.c", "not signed"),
        ("\ud800", "not signed"),
        (token() + "x", "not signed"),
        ("eyJhbGciOiJub25lIn0." + token().split(".")[1] + ".", "not signed"),
        ("x" * 5000, "longer than"),
        (token(iat=AT - 400, exp=AT - 31), "expired"),
        (token(iat=AT + 60), "future"),
        (token(exp=AT + 601), "lives longer"),
        (token(exp=None), '"iat" and "exp"'),
        (token(iat=None), '"iat" and "exp"'),
        (token(exp=True), '"iat" and "exp"'),
        (token(exp=float(AT + 10)), '"iat" and "exp"'),
        (token(aud="someone"), "someone else"),
        (token(aud=None), "someone else"),
        (token(sub=None), '"sub"'),
        (token(name=" "), '"name"'),
        (token(role=None), '"role"'),
    ],
)
async def test_anything_less_is_refused_with_its_reason(assertion: str, reason: str) -> None:
    with pytest.raises(BadAssertion, match=reason):
        await identify(assertion)


async def test_a_token_dies_with_its_time() -> None:
    clock = FrozenClock(NOW)
    identities = SaasIdentities(SECRET, clock)
    await identities.identify(token())
    clock.advance(seconds=331)
    with pytest.raises(BadAssertion, match="expired"):
        await identities.identify(token())


def test_a_short_secret_can_not_be_used() -> None:
    with pytest.raises(BadSetting, match="32 bytes"):
        SaasIdentities("short")
