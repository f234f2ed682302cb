"""OpenID Connect login in progress, sealed in the browser's cookie: it can be neither read nor forged."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from core.crypto.secretbox import SecretBox
from core.errors import BadSetting

LONGEST: Final = timedelta(minutes=10)
"""How long a person may take at the issuer."""
_CONTEXT: Final = "oidc-flow"


@dataclass(frozen=True, slots=True)
class Flow:
    """Login in progress. ``state`` returns with the browser, ``nonce`` in the ID token; ``verifier`` (RFC 7636) goes
    with the code. ``back`` is the page that was asked for. ``login`` is the sign-in whose member is to be linked; it is
    empty for a sign-in."""

    state: str
    nonce: str
    verifier: str
    back: str
    begun_at: str
    login: str = ""

    @classmethod
    def begin(cls, now: datetime, back: str, *, login: str = "") -> Self:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, back, now.isoformat(), login)

    def over(self, now: datetime) -> bool:
        return not timedelta() <= now - datetime.fromisoformat(self.begun_at) < LONGEST

    def seal(self, box: SecretBox) -> str:
        return box.seal(json.dumps(asdict(self)).encode(), context=_CONTEXT)

    @classmethod
    def unseal(cls, box: SecretBox, sealed: str) -> Self | None:
        """Opens a sealed flow. None if this server did not seal it."""
        try:
            return cls(**json.loads(box.open(sealed, context=_CONTEXT)))
        except BadSetting:
            return None
