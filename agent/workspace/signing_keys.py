"""Signing keys: the Ed25519 keys that sign a workspace's contracts, and their rotation."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

import store.contracts
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.workspace.contract_admin import make_signing_key_context
from core.actor import Actor
from core.clock import Clock
from core.crypto.secretbox import SecretBox
from core.errors import BadSignature, InvalidContract
from registry import signing
from store.contracts import SigningKeyRow


@dataclass(frozen=True)
class KeyRotation:
    """Result of a rotation. ``kid`` signs from now on; the ``retired`` keys don't. ``signed`` contracts were signed
    again. ``unsigned`` ones are unchanged, because their signature did not verify before either."""

    kid: str
    retired: tuple[str, ...]
    signed: int
    unsigned: tuple[str, ...]


async def rotate(session: AsyncSession, by: Actor, box: SecretBox, clock: Clock) -> KeyRotation:
    """Rotates the signing key of ``by``'s workspace. Contracts in force or suspended are signed with the new key;
    signatures of the older keys are no longer valid. Raises NotAuthentic if something other than OpsIQ changed the
    contracts."""
    workspace, now = by.workspace, clock()
    before = [row for row in await store.contracts.signing_keys(session, workspace) if row.retired_at is None]
    public = {row.kid: row.public for row in before}
    key = signing.generate_key()
    await store.contracts.add_signing_key(
        session,
        SigningKeyRow(
            workspace=workspace,
            kid=key.kid,
            public=key.public,
            created_at=now,
            sealed_private=box.seal(key.private, context=make_signing_key_context(workspace, key.kid)),
        ),
    )
    signed, unsigned = 0, []
    for row in (
        *await store.contracts.active(session, workspace),
        *await store.contracts.suspended(session, workspace),
    ):
        try:
            signing.verify(row.raw, row.signature, public)
        except (BadSignature, InvalidContract):
            unsigned.append(f"{row.name} v{row.version}")
            continue
        await store.contracts.sign_anew(session, row, signing.sign(row.raw, key))
        signed += 1
    retired = tuple(each.kid for each in before)
    for kid in retired:
        await store.contracts.retire_signing_key(session, workspace, kid, now)
    await recorder.record_act(
        session, by, EntryType.SIGNING_KEY_ROTATED, now, signing_key=key.kid, retired=list(retired), signed=signed
    )
    return KeyRotation(key.kid, retired, signed, tuple(unsigned))
