"""Signing secrets of outgoing calls: one for each endpoint origin and purpose, decrypted only when used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.crypto.secretbox import SecretBox
from core.webhook_signature import make_secret
from store import signing_secrets
from store.database import Database
from store.signing_secrets import SigningSecretRow

ACTION: Final = "action"
OVERLAP: Final = timedelta(hours=24)
"""How long a replaced secret still signs, beside the new one."""


def find_origin(url: str) -> str:
    """``scheme://host:port`` of an endpoint. Each origin has one action-call secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


@dataclass(frozen=True)
class ActionSecrets:
    database: Database
    box: SecretBox
    clock: Clock

    async def of(self, workspace: str, url: str) -> list[str]:
        """The secrets that sign a call to ``url``, newest first. Two during a rotation. Raises NotFound."""
        target = find_origin(url)
        async with self.database.read() as session:
            row = await signing_secrets.get(session, workspace, ACTION, target)
        context = _make_context(workspace, target)
        return [self.box.open(sealed, context=context).decode() for sealed in row.secrets(self.clock())]

    async def ensure_within(
        self, session: AsyncSession, workspace: str, url: str, secret: str | None = None
    ) -> str | None:
        """``ensure`` in the caller's transaction."""
        target = find_origin(url)
        made = secret or make_secret()
        sealed = self.box.seal(made.encode(), context=_make_context(workspace, target))
        row = SigningSecretRow(
            workspace=workspace, purpose=ACTION, target=target, current=sealed, created_at=self.clock()
        )
        kept = await signing_secrets.put_first(session, row)
        return made if kept.current == sealed else None

    async def adopt(self, session: AsyncSession, workspace: str, url: str, secret: str) -> None:
        """Signs calls to ``url``'s origin with ``secret`` from now on. The secret that it replaces also signs for
        ``OVERLAP``."""
        if await self.ensure_within(session, workspace, url, secret):
            return
        target = find_origin(url)
        context = _make_context(workspace, target)
        row = await signing_secrets.get(session, workspace, ACTION, target)
        if self.box.open(row.current, context=context).decode() != secret:
            await signing_secrets.rotate(
                session,
                workspace,
                ACTION,
                target,
                was=row.current,
                sealed=self.box.seal(secret.encode(), context=context),
                previous_until=self.clock() + OVERLAP,
            )


def _make_context(workspace: str, target: str) -> str:
    return f"signing:{workspace}:{ACTION}:{target}"
