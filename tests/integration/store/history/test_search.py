"""Searching AI History by its index is searching the entries, only sooner."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from store.database import Database
from store.history import log
from store.history.entries import split_words
from store.history.log import HistoryFilters
from store.history.search import match_of, newest
from store.migrate import upgrade
from tests.integration.store.rowmaking import ACTOR, AT
from tests.integration.store.test_migrate import brought_to, ends_as_today

TEXTS = (
    "refund Adam's last invoice", "REFUND nobody", "Straße nach Łódź", "日本語の請求書を送る", 'a "quoted" word', "ab",
    "50% of a_b\\c", "invoice", "refundrefund", "İstanbul'a gönder", "re fu nd", "x" * 200 + "needle",
    "emoji 🎉🎉🎉 party",
)  # fmt: skip
WORDS = (
    "refund", "REFUND invoice", "straße", "STRASSE", "łódź", "請求書", '"quoted"', "ab", "a_b", "50%", "a_b\\c", "xneedle",  # noqa: E501
    "needle x", "voice", "nothing", "🎉🎉🎉", "istanbul", "i̇stanbul", "refund ab", "'", "or and not", "NEAR(refund)",
    "x" * 100, "", "lodz", "strasse NACH Lodz", '"nach lodz"', '"lodz nach"', "“quoted” „word“", '"ab', '""', "\u0301",
)  # fmt: skip


def holds_every_word(entry: str, words: str) -> bool:
    return all(any(each in entry for each in forms) for forms in split_words(words))


async def fill(database: Database, workspace: str = "ws_1") -> None:
    async with database.begin() as session:
        await fill_in(session, workspace)


async def fill_in(session: AsyncSession, workspace: str = "ws_1") -> None:
    for each in TEXTS:
        await log.append(
            session, workspace=workspace, kind="prompt", run_id=None, actor=ACTOR, data={"text": each}, at=AT
        )


@pytest.fixture
async def filled(database: Database) -> AsyncIterator[Database]:
    await fill(database)
    await fill(database, "ws_2")
    return database


@pytest.mark.parametrize("words", WORDS)
async def test_what_is_found_is_what_holds_every_word(filled: Database, words: str) -> None:
    async with filled.read() as session:
        found = [row.seq for row in await log.page(session, "ws_1", filters=HistoryFilters(words=words))]
        streamed = [row.seq async for row in log.stream(session, "ws_1", HistoryFilters(words=words))]
        every = [row async for row in log.stream(session, "ws_1")]
    wanted = [row.seq for row in every if holds_every_word(row.words, words)]
    assert found == wanted[::-1]
    assert streamed == wanted


async def test_words_are_found_with_and_without_accents_and_phrases_as_they_stand(filled: Database) -> None:
    expected = {"lodz": [3], "łódź": [3], '"nach lodz"': [3], "„nach Łódź“": [3], '"lodz nach"': [], '"re fu"': [11]}
    async with filled.read() as session:
        for words, seqs in expected.items():
            rows = await log.page(session, "ws_1", filters=HistoryFilters(words=words))
            assert [row.seq for row in rows] == seqs, words


async def test_an_entry_that_kept_its_accents_is_found_with_them(filled: Database) -> None:
    async with filled.begin() as session:
        earlier = (
            "INSERT INTO history (workspace, seq, id, at, kind, actor, data, words, prev, digest) "
            "SELECT workspace, 99, 'his_99', at, kind, actor, data, 'nach łódź', prev, digest "
            "FROM history WHERE workspace = 'ws_1' AND seq = 3"
        )
        await session.execute(text(earlier))
    async with filled.read() as session:
        for words in ("łódź", '"nach Łódź"'):
            rows = await log.page(session, "ws_1", filters=HistoryFilters(words=words))
            assert [row.seq for row in rows] == [99, 3], words


async def test_pages_of_a_search_follow_each_other_with_the_other_filters(filled: Database) -> None:
    await fill(filled)
    async with filled.read() as session:
        whole = [
            row.seq
            for row in await log.page(session, "ws_1", filters=HistoryFilters(words="refund", kinds=("prompt",)))
        ]
        assert len(whole) == 6
        paged: list[int] = []
        while rows := await log.page(
            session,
            "ws_1",
            filters=HistoryFilters(words="refund", kinds=("prompt",)),
            before_seq=paged[-1] if paged else None,
            limit=2,
        ):
            paged += [row.seq for row in rows]
        assert paged == whole
        assert not await log.page(session, "ws_1", filters=HistoryFilters(words="refund", kinds=("held",)))
        assert not await log.page(session, "ws_1", filters=HistoryFilters(words="refund"), before_seq=1)


async def test_on_sqlite_the_index_is_walked_and_the_entries_are_not(database: Database) -> None:
    if database.dialect != "sqlite":
        pytest.skip("the plan of SQLite")
    await fill(database)
    async with database.read() as session:
        for before in (None, 5):
            statement = newest("ws_1", HistoryFilters(words="refund"), match_of("refund"), before).limit(50)
            compiled = statement.compile((await session.connection()).engine, compile_kwargs={"literal_binds": True})
            explained = text(f"EXPLAIN QUERY PLAN {str(compiled).replace(':', chr(92) + ':')}")
            plan = [row[3] for row in (await session.execute(explained)).all()]
            assert plan[0].startswith("SCAN history_words VIRTUAL TABLE INDEX"), plan
            assert plan[-1] == "SEARCH history USING INTEGER PRIMARY KEY (rowid=?)", plan
            assert not [each for each in plan if "TEMP B-TREE" in each], plan


async def test_a_time_is_the_entrys_own_whatever_the_order_of_the_clocks(database: Database) -> None:
    async with database.begin() as session:
        for hours in (0, 5, -3, 7, 1, -9, 2):
            await log.append(
                session,
                workspace="ws_1",
                kind="prompt",
                run_id=None,
                actor=ACTOR,
                data={},
                at=AT + timedelta(hours=hours),
            )
    async with database.read() as session:
        until = await log.page(session, "ws_1", filters=HistoryFilters(until=AT + timedelta(hours=2)), limit=3)
        between = await log.page(
            session, "ws_1", filters=HistoryFilters(since=AT, until=AT + timedelta(hours=6)), before_seq=7, limit=9
        )
    assert [row.seq for row in until] == [6, 5, 3]
    assert [row.seq for row in between] == [5, 2, 1]


async def test_a_history_from_before_and_a_database_that_was_packed_are_searched_alike(tmp_path: Path) -> None:
    old, packed = (f"sqlite+aiosqlite:///{tmp_path}/{name}.db" for name in ("old", "packed"))
    database = await brought_to(old, "0014")
    async with ends_as_today(database):
        await fill(database)
    await database.close()
    await upgrade(old)
    with closing(sqlite3.connect(tmp_path / "old.db")) as there:
        there.execute("VACUUM INTO ?", (str(tmp_path / "packed.db"),))
    for url in (old, packed):
        again = await Database.open(url)
        await fill(again)
        async with again.read() as session:
            found = [row.seq for row in await log.page(session, "ws_1", filters=HistoryFilters(words="refund"))]
        await again.close()
        assert found == [22, 15, 14, 9, 2, 1], url


@given(st.text(max_size=60))
def test_whatever_is_typed_is_asked_in_groups_of_three(words: str) -> None:
    match = match_of(words)
    assert match.count(" AND ") < 40
    assert match.replace('""', "").count('"') % 2 == 0
