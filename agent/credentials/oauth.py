"""OAuth 2 token requests (RFC 6749 §4.4 and §6): gets a connection's access token with its client credentials or
refresh token. authlib implements the protocol; the connection is made through our SSRF guard."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from urllib.parse import quote

from agent.credentials.kinds import OAuth, OAuthRefresh
from core.clock import from_iso
from core.errors import Unavailable

log = logging.getLogger(__name__)

SPARE: Final = timedelta(seconds=30)
"""A token is renewed this long before it expires, so that it can't expire during a call."""
DEFAULT_LIFE_S: Final = 3600
MAX_LIFE_S: Final = 30 * 86400
_MAX_TOKEN_CHARS: Final = 16 * 1024


class TokenAnswer(Protocol):
    """Answer of a token endpoint: its status, and its JSON object. The object is empty if there is none."""

    @property
    def status(self) -> int: ...

    @property
    def body(self) -> Mapping[str, Any]: ...


class TokenClient(Protocol):
    """Posts to a token endpoint. Raises Unavailable if it does not answer."""

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> TokenAnswer: ...


class CredentialsRefused(Exception):
    """Raised if credentials are refused or can't be used. The failure is not temporary. The text contains no secret."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token. ``refresh_token`` is the newest one, if there is one."""

    token: str = field(repr=False)
    prefix: str
    expires_at: datetime
    refresh_token: str = field(default="", repr=False)

    def good_at(self, now: datetime) -> bool:
        return now + SPARE < self.expires_at

    def as_json(self) -> dict[str, str]:
        return {
            "token": self.token,
            "prefix": self.prefix,
            "expires_at": self.expires_at.isoformat(),
            "refresh_token": self.refresh_token,
        }

    @classmethod
    def of_json(cls, value: Mapping[str, str]) -> AccessToken:
        return cls(value["token"], value["prefix"], from_iso(value["expires_at"]), value["refresh_token"])


async def fetch_token(credential: OAuth, client: TokenClient, now: datetime, newest_refresh: str = "") -> AccessToken:
    """Gets a new access token. ``newest_refresh`` is a refresh token that was issued after the credential's own. Raises
    Unavailable, and CredentialsRefused."""
    from authlib.oauth2.auth import ClientAuth
    from authlib.oauth2.rfc6749.parameters import prepare_token_request

    wanted = {"scope": credential.scope} if credential.scope else {}
    if isinstance(credential, OAuthRefresh):
        refresh = newest_refresh or credential.refresh_token
        body = prepare_token_request("refresh_token", refresh_token=refresh, **wanted)
    else:
        refresh = ""
        if credential.audience:
            wanted["audience"] = credential.audience
        body = prepare_token_request("client_credentials", **wanted)
    if not credential.client_secret:
        auth = ClientAuth(credential.client_id, "", "none")
    elif credential.send == "basic":  # RFC 6749 §2.3.1: both are form-encoded first
        auth = ClientAuth(
            quote(credential.client_id, safe=""), quote(credential.client_secret, safe=""), "client_secret_basic"
        )
    else:
        auth = ClientAuth(credential.client_id, credential.client_secret, "client_secret_post")
    _, headers, body = auth.prepare("POST", credential.token_url, {}, body)
    answer = await client.post(credential.token_url, body, headers)
    token, kind = answer.body.get("access_token"), answer.body.get("token_type", "Bearer")
    if answer.status != 200 or not isinstance(token, str) or not 0 < len(token) <= _MAX_TOKEN_CHARS:
        error = answer.body.get("error")
        said = error if isinstance(error, str) and error.isascii() and error.replace("_", "").isalnum() else ""
        log.warning("a token endpoint gave no token", extra={"status": answer.status, "error": said[:60]})
        if answer.status >= 500 or answer.status == 429:
            raise Unavailable(f"The token endpoint answered {answer.status}.")
        raise CredentialsRefused(f"The token endpoint answered {answer.status}{f' ({said[:60]})' if said else ''}.")
    if not (token.isascii() and token.isprintable()):
        raise CredentialsRefused("The token endpoint gave a token that can't be sent.")
    lives = answer.body.get("expires_in")
    life_s = lives if isinstance(lives, int) and not isinstance(lives, bool) and lives > 0 else DEFAULT_LIFE_S
    rotated = answer.body.get("refresh_token")
    prefix = "Bearer" if not isinstance(kind, str) or kind.lower() == "bearer" else kind[:40]
    return AccessToken(
        token,
        prefix if prefix.isalnum() else "Bearer",
        now + timedelta(seconds=min(life_s, MAX_LIFE_S)),
        rotated if isinstance(rotated, str) and rotated else refresh,
    )
