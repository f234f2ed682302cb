"""OpenID Connect login in progress, sealed into the browser's cookie so that it can be neither read nor forged."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from core.crypto.secretbox import SecretBox
from core.errors import BadSetting

LONGEST: Final = timedelta(minutes=10)
"""How long a person may take there."""
_CONTEXT: Final = "oidc-flow"


@dataclass(frozen=True, slots=True)
class Flow:
    """Login in progress: ``state`` comes back with the browser, ``nonce`` inside the ID token, ``verifier`` (RFC 7636)
    goes with the code. ``back`` is the page wanted. ``login`` is the sign-in whose member is to be linked, empty where
    somebody signs in."""

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
        """None for what this server did not seal."""
        try:
            return cls(**json.loads(box.open(sealed, context=_CONTEXT)))
        except BadSetting:
            return None
