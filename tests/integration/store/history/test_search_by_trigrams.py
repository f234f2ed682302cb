"""On PostgreSQL, AI History is searched by ``pg_trgm`` where it may be had, and by the entries themselves where not:
the same answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import pytest
from sqlalchemy import event, make_url, text

from store.database import Database
from store.history import log
from store.history.log import HistoryFilters
from store.history.search import TO_INDEX, indexed
from store.migrate import upgrade
from tests.integration.store.contrib import Contrib, running
from tests.integration.store.history.test_search import WORDS, fill, holds_every_word
from tests.integration.store.test_migrate import brought_to, differences, ends_as_today

PLAIN: Final = "plain"
"""A role that may make tables, and no extension."""
ELSEWHERE: Final = (
    "CREATE SCHEMA parts",
    "CREATE EXTENSION pg_trgm SCHEMA parts",
    "GRANT USAGE ON SCHEMA parts TO plain",
)
MANY: Final = (
    "INSERT INTO history (workspace, seq, id, at, kind, actor, data, words, prev, digest) SELECT 'ws_1', n, "
    "'his_' || n, now(), 'prompt', "
    "'{}', '{}', md5(n::text) || CASE WHEN n % 5000 = 0 THEN ' needle' ELSE '' END, '', '' FROM "
    "generate_series(1, 20000) AS n"
)


@pytest.fixture(scope="module")
def contrib() -> Iterator[Contrib]:
    with running() as made:
        made.database(f"CREATE ROLE {PLAIN} LOGIN", user="postgres")
        yield made


@pytest.fixture
def by_the_owner(contrib: Contrib) -> str:
    return contrib.database(user="postgres")


@pytest.fixture
def in_a_schema_of_its_own(contrib: Contrib) -> str:
    return contrib.database(f"GRANT CREATE ON SCHEMA public TO {PLAIN}", *ELSEWHERE, user=PLAIN)


@pytest.fixture
def not_allowed(contrib: Contrib) -> str:
    return contrib.database(f"GRANT CREATE ON SCHEMA public TO {PLAIN}", user=PLAIN)


@pytest.mark.parametrize(
    ("place", "is_indexed"), [("by_the_owner", True), ("in_a_schema_of_its_own", True), ("not_allowed", False)]
)
def test_what_is_found_is_what_holds_every_word_with_the_index_and_without(
    request: pytest.FixtureRequest, place: str, is_indexed: bool
) -> None:
    asyncio.run(found_alike(request.getfixturevalue(place), is_indexed))


async def found_alike(url: str, is_indexed: bool) -> None:
    opened = await brought_to(url, "0014")
    async with ends_as_today(opened):
        await fill(opened)  # what was there is found too
    await opened.close()
    await upgrade(url)
    opened = await Database.open(url)
    await fill(opened)
    await fill(opened, "ws_2")
    async with opened.read() as session:
        assert await indexed(session) is is_indexed
        if is_indexed:  # few as they are, PostgreSQL would sooner read them all
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            await session.execute(text("SET LOCAL enable_indexscan = off"))
        every = [row async for row in log.stream(session, "ws_1")]
        for words in WORDS:
            wanted = [row.seq for row in every if holds_every_word(row.words, words)]
            found = [row.seq for row in await log.page(session, "ws_1", filters=HistoryFilters(words=words))]
            assert found == wanted[::-1], words
    async with opened.begin() as session:
        assert await (await session.connection()).run_sync(differences) == []
    await opened.close()


async def test_a_page_of_a_rare_word_is_found_by_the_index(by_the_owner: str) -> None:
    await upgrade(by_the_owner)
    opened = await Database.open(by_the_owner)
    async with opened.begin() as session:
        await session.execute(text(MANY))
        await session.execute(text("ANALYZE history"))
    asked: list[tuple[str, Any]] = []

    def seen(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        asked.append((statement, given))

    async with opened.read() as session:
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", seen)
        page = await log.page(session, "ws_1", filters=HistoryFilters(words="needle"))
        event.remove(connection.sync_connection, "before_cursor_execute", seen)
        [(statement, given)] = asked
        plan = "\n".join(row[0] for row in (await connection.exec_driver_sql(f"EXPLAIN {statement}", given)).all())
    await opened.close()
    assert [row.seq for row in page] == [20000, 15000, 10000, 5000]
    assert "Bitmap Index Scan on ix_history_words" in plan, plan
    assert "Seq Scan" not in plan, plan


async def test_what_the_doctor_names_makes_the_index_later_and_once_more_if_it_broke_off(
    contrib: Contrib, not_allowed: str
) -> None:
    await upgrade(not_allowed)
    opened = await Database.open(not_allowed)
    database = make_url(not_allowed).database or ""
    for _ in range(2):
        async with opened.read() as session:
            before = await indexed(session)
        await contrib.run(database, *TO_INDEX)
        async with opened.read() as session:
            assert await indexed(session)
        await contrib.run(
            database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_history_words'::regclass"
        )
        assert not before
    await opened.close()
