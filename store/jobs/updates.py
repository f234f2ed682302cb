"""Bulk updates of claimed jobs: one statement for all of one owner and attempt. It changes only the claims that it
names."""

from __future__ import annotations

from functools import cache, partial
from typing import Any, Final, Literal

from sqlalchemy import BigInteger, Delete, Table, Update, and_, bindparam, case, column, delete, update
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession

from store.dialect import EpochMs, among, is_postgresql, write_texts
from store.driver.prepared import CompiledStatement, find_sqlite
from store.driver.sqlite import Execute

Change = Literal["done", "forgotten", "renewed", "released"]
Claim = tuple[str, str, int]
"""(id, owner, attempt)."""


async def update_claimed(
    session: AsyncSession, job: Table, change: Change, claims: list[Claim], given: dict[str, Any] | None = None
) -> set[tuple[str, int]]:
    """Updates claimed jobs. Returns the (id, attempt) of those that were held. They are now done, deleted, leased for
    the parameter ``lease_ms`` from now, or due again immediately."""
    postgresql = is_postgresql(session)
    made: set[tuple[str, int]] = set()
    for (owner, attempt), work_ids in _group_by_claim(claims).items():
        named = {"ids": write_texts(work_ids, postgresql=postgresql), "of_owner": owner, "of_attempt": attempt}
        statement = _statement(job, change, postgresql).returning(job.c.id)
        found = await session.execute(statement, named | (given or {}))
        made.update((work_id, attempt) for work_id in found.scalars())
    return made


class LeaseLost(Exception):
    """Raised if some claim is not held any more. The transaction must be rolled back."""


async def update_all_claimed(session: AsyncSession, job: Table, change: Change, claims: list[Claim]) -> None:
    """Updates claimed jobs like ``update_claimed``, if all are expected to be held, so that none has to be read.
    Raises LeaseLost if some are not. On SQLite it is raised by the transaction's next statement, at the latest by
    its commit."""
    sqlite = find_sqlite(session)
    for (owner, attempt), work_ids in _group_by_claim(claims).items():
        named = {"ids": write_texts(work_ids, postgresql=sqlite is None), "of_owner": owner, "of_attempt": attempt}
        if sqlite is None:
            found: Any = await session.execute(_statement(job, change, True), named)
            _all(found.rowcount, len(work_ids))
        else:
            compiled = _compile(job, change, (await session.connection()).dialect)
            sqlite.run_before_next(partial(_change, compiled.text, compiled.bind(named), len(work_ids)))


def _change(text: str, values: tuple[Any, ...], expected: int, execute: Execute) -> None:
    _all(execute(text, values).rowcount, expected)


def _all(count: int, expected: int) -> None:
    if count != expected:
        raise LeaseLost(f"{expected - count} of {expected} claims are not held any more.")


@cache
def _compile(job: Table, change: Change, dialect: Dialect) -> CompiledStatement:
    return CompiledStatement.of(_statement(job, change, False), dialect)


def _group_by_claim(claims: list[Claim]) -> dict[tuple[str, int], list[str]]:
    made: dict[tuple[str, int], list[str]] = {}
    for work_id, owner, attempt in claims:
        made.setdefault((owner, attempt), []).append(work_id)
    return made


@cache
def _statement(job: Table, change: Change, postgresql: bool) -> Update | Delete:
    mine = and_(
        among(job.c.id, "ids", postgresql=postgresql),
        job.c.owner == bindparam("of_owner"),
        job.c.attempt == bindparam("of_attempt"),
        job.c.state == "claimed",
    )
    return delete(job).where(mine) if change == "forgotten" else update(job).where(mine).values(_COLUMNS[change])


_RENEWED: Final = EpochMs() + bindparam("lease_ms", type_=BigInteger)
_COLUMNS: Final[dict[Change, dict[str, Any]]] = {
    "done": {"state": "done", "finished_ms": EpochMs()},
    "released": {"state": "ready", "owner": None, "due_ms": EpochMs(), "turn_ms": EpochMs(), "counted_in": None},
    # A job that starts alone has a longer lease: see ``store.jobs.jobs.begin_alone``.
    "renewed": {
        "due_ms": case((column("due_ms") > _RENEWED, column("due_ms")), else_=_RENEWED),
        "counted_in": column("lane"),
    },
}
