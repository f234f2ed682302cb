"""One statement for many rows: what it is handed is what was given, whichever columns say the same of all rows."""

from __future__ import annotations

import pytest

from store.database import Database
from store.driver.bulk_write import BulkStatement

_GIVEN = BulkStatement(
    "SELECT same, turn, word, absent, mixed FROM given ORDER BY turn",
    same="text",
    turn="integer",
    word="text",
    absent="text",
    mixed="text",
)


@pytest.mark.parametrize("count", [1, 4, 16])
async def test_each_row_arrives_as_it_is(database: Database, count: int) -> None:
    rows = [("a", n, "b", None, None if n % 2 else f"c{n}") for n in range(count)]
    async with database.begin() as session:
        assert await _GIVEN.run(session, rows) == rows


async def test_rows_that_are_all_alike_are_as_many_as_were_given(database: Database) -> None:
    rows = [("a", 7, "b", None, "c")] * 4
    async with database.begin() as session:
        assert await _GIVEN.run(session, rows) == rows


async def test_no_rows_say_nothing(database: Database) -> None:
    async with database.begin() as session:
        assert await _GIVEN.run(session, []) == []
