"""Secrets that sign what leaves, opened only at the moment of use: one for each endpoint origin and purpose."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

import store.signing_secrets
from core.clock import Clock
from core.errors import NotFound
from core.secretbox import SecretBox
from core.webhook_signature import new_secret
from store.sessions import Sessions

ACTION = "action"


def origin(url: str) -> str:
    """``scheme://host:port`` of an endpoint: what one action-call secret belongs to."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


@dataclass(frozen=True)
class ActionSecrets:
    sessions: Sessions
    box: SecretBox
    clock: Clock

    async def of(self, workspace: str, url: str) -> list[str]:
        """The secrets to sign a call to ``url`` with, newest first; two while one is being rotated. Raises NotFound."""
        target = origin(url)
        async with self.sessions.read() as session:
            row = await store.signing_secrets.get(session, workspace, ACTION, target)
        if row is None:
            raise NotFound(f"No signing secret for {target}. An owner makes one by registering a contract for it.")
        context = _context(workspace, target)
        secrets = [self.box.open(row.sealed_current, context=context).decode()]
        if row.sealed_previous and row.previous_until and self.clock() < row.previous_until:
            secrets.append(self.box.open(row.sealed_previous, context=context).decode())
        return secrets

    async def ensure(self, workspace: str, url: str, secret: str | None = None) -> str | None:
        """Make the secret of ``url``'s origin if there is none. Answers it once, when it was made; None when it stood already."""
        target = origin(url)
        async with self.sessions.begin() as session:
            if await store.signing_secrets.get(session, workspace, ACTION, target) is not None:
                return None
            made = secret or new_secret()
            sealed = self.box.seal(made.encode(), context=_context(workspace, target))
            await store.signing_secrets.put(session, workspace, ACTION, target, sealed, at=self.clock())
        return made


def _context(workspace: str, target: str) -> str:
    return f"signing:{workspace}:{ACTION}:{target}"
