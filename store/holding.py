"""Changes of many pieces of claimed work at once: one statement for all of one owner and attempt, which fits only the claims it names."""

from __future__ import annotations

from functools import cache
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Table, and_, bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate

from store.dialect import EpochMs, among, is_postgresql, texts

Change = Literal["done", "renewed", "released"]
Claim = tuple[str, str, int]
"""(id, owner, attempt)."""


async def changed(
    session: AsyncSession, work: Table, change: Change, claims: list[Claim], given: dict[str, Any] | None = None
) -> set[tuple[str, int]]:
    """The (id, attempt) of those that were held, and now are done, held for the parameter ``lease_ms`` from now, or due again at once."""
    by_claim: dict[tuple[str, int], list[str]] = {}
    for work_id, owner, attempt in claims:
        by_claim.setdefault((owner, attempt), []).append(work_id)
    postgresql = is_postgresql(session)
    made: set[tuple[str, int]] = set()
    for (owner, attempt), work_ids in by_claim.items():
        named = {"ids": texts(work_ids, postgresql=postgresql), "of_owner": owner, "of_attempt": attempt}
        found = await session.execute(_statement(work, change, postgresql), named | (given or {}))
        made.update((work_id, attempt) for work_id in found.scalars())
    return made


@cache
def _statement(work: Table, change: Change, postgresql: bool) -> ReturningUpdate[Any]:
    mine = and_(
        among(work.c.id, "ids", postgresql=postgresql),
        work.c.owner == bindparam("of_owner"),
        work.c.attempt == bindparam("of_attempt"),
        work.c.state == "claimed",
    )
    return update(work).where(mine).values(_COLUMNS[change]).returning(work.c.id)


_COLUMNS: Final[dict[Change, dict[str, Any]]] = {
    "done": {"state": "done", "finished_ms": EpochMs()},
    "released": {"state": "ready", "owner": None, "due_ms": EpochMs()},
    "renewed": {"due_ms": EpochMs() + bindparam("lease_ms", type_=BigInteger)},
}
