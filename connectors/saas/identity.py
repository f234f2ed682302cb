"""Identity provider: verifies a JWT (RFC 7519) that the platform signs with HS256 for one sign-in."""

from __future__ import annotations

from typing import Final

from core.clock import Clock, utc_now
from core.errors import BadAssertion, BadSetting
from registry.connector import Identity

AUDIENCE: Final = "opsiq"
MIN_SECRET_BYTES: Final = 32
MAX_LIFE_S: Final = 600
LEEWAY_S: Final = 30
MAX_TOKEN_CHARS: Final = 4096


class SaasIdentities:
    """Accepts ``{"aud": "opsiq", "sub", "name", "role", "iat", "exp"}`` with a lifetime of at most ten minutes."""

    name = "saas"

    def __init__(self, secret: str, clock: Clock = utc_now) -> None:
        if len(secret.encode()) < MIN_SECRET_BYTES:
            raise BadSetting(f"The saas connector's identity secret must have at least {MIN_SECRET_BYTES} bytes.")
        self._secret = secret
        self._clock = clock

    async def identify(self, assertion: str) -> Identity:
        """Verifies a token and returns the person. Raises BadAssertion with the reason, never with the token."""
        from joserfc import errors, jwt
        from joserfc.jwk import OctKey

        if len(assertion) > MAX_TOKEN_CHARS:
            raise BadAssertion(f"The identity token is longer than {MAX_TOKEN_CHARS} characters.")
        try:
            claims = jwt.decode(assertion, OctKey.import_key(self._secret), algorithms=["HS256"]).claims
        except (errors.JoseError, ValueError) as error:
            raise BadAssertion("The identity token is not signed with this connector's identity secret.") from error
        issued, expires = claims.get("iat"), claims.get("exp")
        if type(issued) is not int or type(expires) is not int:
            raise BadAssertion('The identity token needs "iat" and "exp" in whole unix seconds.')
        now = int(self._clock().timestamp())
        if expires - issued > MAX_LIFE_S:
            raise BadAssertion(
                f"The identity token lives longer than {MAX_LIFE_S} s; sign a fresh one for each sign-in."
            )
        if issued > now + LEEWAY_S:
            raise BadAssertion("The identity token is from the future; check the platform's clock.")
        if now >= expires + LEEWAY_S:
            raise BadAssertion("The identity token has expired; sign a fresh one.")
        if claims.get("aud") != AUDIENCE:
            raise BadAssertion(f'The identity token is for someone else; its "aud" must be "{AUDIENCE}".')
        return Identity(id=_claim(claims, "sub"), name=_claim(claims, "name"), role=_claim(claims, "role"))


def _claim(claims: dict[str, object], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadAssertion(f'The identity token has no "{name}".')
    return value
