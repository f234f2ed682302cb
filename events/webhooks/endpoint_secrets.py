"""Endpoint secrets and custom headers: encrypted at rest, decrypted to send."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.crypto.secretbox import SecretBox
from core.webhook_signature import make_secret
from store import signing_secrets
from store.signing_secrets import SigningSecretRow

WEBHOOK: Final = "webhook"
BOTH_VALID: Final = timedelta(hours=24)
_KEPT: Final = 2_000


@dataclass(frozen=True)
class EndpointSecrets:
    """Secrets of endpoints. Decrypted ones are cached by their encrypted text, which a rotation changes."""

    box: SecretBox
    _known: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False, compare=False)

    async def make(self, session: AsyncSession, workspace: str, endpoint_id: str, now: datetime) -> str:
        """Makes a fresh secret for a new endpoint. It is returned only once."""
        secret = make_secret()
        row = SigningSecretRow(
            workspace=workspace,
            purpose=WEBHOOK,
            target=endpoint_id,
            created_at=now,
            current=self._seal(workspace, endpoint_id, secret),
        )
        await signing_secrets.put_first(session, row)
        return secret

    async def rotate(
        self, session: AsyncSession, workspace: str, endpoint_id: str, now: datetime, *, was: str
    ) -> tuple[str, datetime]:
        """Makes a fresh secret. The old one (``was``, as stored) also signs until the returned moment. Raises NotFound,
        and Conflict if the secret has changed meanwhile."""
        secret = make_secret()
        until = now + BOTH_VALID
        await signing_secrets.rotate(
            session,
            workspace,
            WEBHOOK,
            endpoint_id,
            was=was,
            sealed=self._seal(workspace, endpoint_id, secret),
            previous_until=until,
        )
        return secret, until

    def decrypt(self, row: SigningSecretRow, now: datetime) -> list[str]:
        """The secrets to sign with, newest first."""
        context = _make_context(row.workspace, row.target)
        return [self._open(sealed, context).decode() for sealed in row.secrets(now)]

    def seal_headers(self, workspace: str, endpoint_id: str, headers: Mapping[str, str]) -> str:
        if not headers:
            return ""
        return self.box.seal(json.dumps(dict(headers)).encode(), context=_make_headers_context(workspace, endpoint_id))

    def headers(self, workspace: str, endpoint_id: str, sealed: str) -> dict[str, str]:
        if not sealed:
            return {}
        made: dict[str, str] = json.loads(self._open(sealed, _make_headers_context(workspace, endpoint_id)))
        return made

    def _open(self, sealed: str, context: str) -> bytes:
        known = self._known.get((sealed, context))
        if known is None:
            known = self.box.open(sealed, context=context)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[sealed, context] = known
        return known

    def _seal(self, workspace: str, endpoint_id: str, secret: str) -> str:
        return self.box.seal(secret.encode(), context=_make_context(workspace, endpoint_id))


def _make_context(workspace: str, endpoint_id: str) -> str:
    return f"signing:{workspace}:{WEBHOOK}:{endpoint_id}"


def _make_headers_context(workspace: str, endpoint_id: str) -> str:
    return f"webhook-headers:{workspace}:{endpoint_id}"
