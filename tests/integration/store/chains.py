"""Histories of a few entries, written as the product writes them, and their verdict."""

from __future__ import annotations

from typing import Any

from store.database import Database
from store.history import log
from store.history.entries import HistoryRow
from store.history.log import ChainAnchor, ChainVerdict
from tests.integration.store.rowmaking import ACTOR, later


async def write(database: Database, count: int, *, workspace: str = "ws_1", **given: Any) -> list[HistoryRow]:
    async with database.begin() as session:
        return [
            await log.append(
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


async def verified(database: Database, anchor: ChainAnchor | None = None) -> ChainVerdict:
    async with database.read() as session:
        return await log.verify(session, "ws_1", anchor)
