"""Audit log verification for owners: whether the hash chain holds, and that a workspace has entries at all."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
from store.history.verification import ChainAnchor, ChainVerdict


async def verify(
    session: AsyncSession, workspace: str, anchor: ChainAnchor | None = None, *, anchors: Sequence[ChainAnchor] = ()
) -> ChainVerdict:
    """Founding a workspace writes the first entry in the same transaction (``office.found``), so one without any lost
    them, together with the record of where they ended. Run it in a ``read()`` block."""
    verdict = await store.history.log.verify(session, workspace, anchor, anchors=anchors)
    if verdict.ok and verdict.count == 0:
        why = "There is no entry, and the founding of a workspace is its first: all of it was taken out."
        return ChainVerdict(False, 0, 1, why)
    return verdict
