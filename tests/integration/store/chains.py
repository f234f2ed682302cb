"""Histories of a few entries, written as the product writes them, and their verdict."""

from __future__ import annotations

from typing import Any

from store import history
from store.entries import HistoryRow
from store.history import Anchor, Verdict
from store.sessions import Sessions
from tests.integration.store.rowmaking import ACTOR, later


async def write(sessions: Sessions, count: int, *, workspace: str = "ws_1", **given: Any) -> list[HistoryRow]:
    async with sessions.begin() as session:
        return [
            await history.append(
                session,
                **{
                    "workspace": workspace,
                    "kind": "resolved",
                    "run_id": f"run_{n}",
                    "actor": ACTOR,
                    "data": {"n": n, "text": "Größe 100%"},
                    "at": later(seconds=n),
                    "duration_ms": 1.25,
                    **given,
                },
            )
            for n in range(1, count + 1)
        ]


async def verified(sessions: Sessions, anchor: Anchor | None = None) -> Verdict:
    async with sessions.read() as session:
        return await history.verify(session, "ws_1", anchor)
