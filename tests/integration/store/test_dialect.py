"""One compiled statement for every engine of a process."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Select, literal, select

from store.database import Database
from store.driver import dialect


async def test_what_one_engine_has_compiled_every_other_takes_as_it_is(tmp_path: Path) -> None:
    first, second = [await Database.open(f"sqlite+aiosqlite:///{tmp_path}/{name}.db") for name in ("a", "b")]
    try:
        before = len(dialect.STATEMENTS)
        async with first.read() as session:
            assert (await session.execute(_statement(7))).scalar_one() == 7
        compiled = len(dialect.STATEMENTS)
        assert compiled == before + 1
        for database in (first, second):
            async with database.read() as session:
                assert (await session.execute(_statement(8))).scalar_one() == 8
            async with database.begin() as session:
                assert (await session.execute(_statement(9))).scalar_one() == 9
        assert len(dialect.STATEMENTS) == compiled
    finally:
        await first.close()
        await second.close()


def _statement(value: int) -> Select[tuple[int]]:
    return select(literal(value).label("the_same_for_all"))
