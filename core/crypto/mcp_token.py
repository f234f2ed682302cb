"""MCP access tokens: bearer tokens derived from an API key's secret (docs/reference/wire.md §1).

MCP clients can't sign requests; they send one fixed header. The token is an HMAC of the key's public part under its
secret, so nothing more is stored. Whoever has the key can make it, and rotating or revoking the key ends it. The token
reveals no secret and signs no REST request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Final

_CONTEXT: Final = b"opsiq-mcp-token-v1\n"
_TOKEN: Final = re.compile(r"(?P<public>pk_[A-Za-z0-9_-]{1,96})\.(?P<code>[A-Za-z0-9_-]{43})")


def make_token(public: str, secret: str) -> str:
    """The token of a key: its public part, a dot, and 43 characters of base64url."""
    return f"{public}.{_code(public, secret)}"


def read_public_part(token: str) -> str | None:
    """The public part of the key that a token claims to be of. None if the token is malformed."""
    found = _TOKEN.fullmatch(token)
    return found["public"] if found else None


def fits(token: str, secrets: Sequence[str]) -> bool:
    """Whether one of a key's active ``secrets`` (none for an unknown key) makes this token. Takes as long for an
    unknown key as for a known one."""
    public, _, code = token.rpartition(".")
    fit = False
    for secret in secrets or ("",):
        fit |= hmac.compare_digest(_code(public, secret).encode(), code.encode())
    return fit and bool(secrets)


def _code(public: str, secret: str) -> str:
    made = hmac.new(secret.encode(), _CONTEXT + public.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode("ascii").rstrip("=")
