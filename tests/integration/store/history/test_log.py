"""AI History as it is written and read: one chain for each workspace, without a gap, found by filter and search."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from core.errors import NotCanonical, NotFound
from store.database import Database
from store.history import log, stats
from store.history.entries import BATCH, HistoryRow
from store.history.log import ChainAnchor, ChainVerdict, HistoryFilters
from tests.integration.store.chains import verified, write
from tests.integration.store.rowmaking import ACTOR, AT, later


async def test_entries_appended_together_or_in_turn_in_one_transaction_are_one_chain(database: Database) -> None:
    def told(n: int) -> log.HistoryEntry:
        return log.HistoryEntry(
            "refused", f"run_{n}", ACTOR, {"n": n}, later(seconds=n), outcome="refused", duration_ms=5.0
        )

    async with database.begin() as session:
        assert await log.append_all(session, "ws_1", []) == []
        first = await log.append_all(session, "ws_1", [told(1), told(2)])
        await log.append_all(session, "ws_2", [told(1)])
        second = await log.append_all(session, "ws_1", [told(3)])
    await write(database, 1)
    assert [row.seq for row in (*first, *second)] == [1, 2, 3]
    assert (await verified(database)).count == 4
    async with database.read() as session:
        assert (await log.get(session, "ws_1", 2)).digest == first[1].digest
        day = AT.date()
        assert await stats.by_day(session, "ws_1", "outcome", day, day) == [(day.isoformat(), "refused", 3)]


async def test_what_was_rolled_back_is_no_link_of_the_chain(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as session:
            await log.append(session, workspace="ws_1", kind="k", run_id=None, actor=ACTOR, data={}, at=AT)
            raise KeyError

    await write(database, 1)
    with pytest.raises(KeyError):
        await fail()
    await write(database, 1)
    assert (await verified(database)).count == 2


async def test_entries_are_read_back_as_they_were_appended_and_the_chain_verifies(database: Database) -> None:
    rows = await write(
        database, 3, request_id="req_1", contract="a.b", outcome="ok", risk="low", model="m", prompt_version="v1"
    )
    async with database.read() as session:
        assert [(await log.get(session, "ws_1", n)).model_dump() for n in (1, 2, 3)] == [
            row.model_dump() for row in rows
        ]
        assert (await log.get(session, "ws_1", rows[1].id)).seq == 2
    assert await verified(database) == ChainVerdict(ok=True, count=3, last=ChainAnchor(3, rows[2].digest))


async def test_an_empty_history_verifies(database: Database) -> None:
    assert (await verified(database)).ok


async def test_each_workspace_has_a_chain_of_its_own(database: Database) -> None:
    await write(database, 2)
    other = await write(database, 1, workspace="ws_2")
    assert other[0].seq == 1
    async with database.read() as session:
        with pytest.raises(NotFound):
            await log.get(session, "ws_2", 2)
        assert await log.of_run(session, "ws_2", "run_2") == []


async def test_an_append_that_is_rolled_back_leaves_no_gap(database: Database) -> None:
    await write(database, 1)

    async def fail() -> None:
        async with database.begin() as session:
            await log.append(session, workspace="ws_1", kind="k", run_id=None, actor=ACTOR, data={}, at=AT)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert (await write(database, 1))[0].seq == 2
    assert (await verified(database)).ok


async def test_twenty_racing_appends_leave_no_gap(database: Database) -> None:
    await asyncio.gather(*(write(database, 2) for _ in range(20)))
    verdict = await verified(database)
    assert (verdict.ok, verdict.count) == (True, 40)


async def test_racing_appends_through_two_doors_of_one_database_leave_no_gap(
    database: Database, database_url: str
) -> None:
    other = await Database.open(database_url)
    await asyncio.gather(*(write(requirement, 1) for _ in range(20) for requirement in (database, other)))
    await other.close()
    verdict = await verified(database)
    assert (verdict.ok, verdict.count) == (True, 40)


async def test_data_without_a_canonical_form_is_refused(database: Database) -> None:
    with pytest.raises(NotCanonical):
        await write(database, 1, data={"n": float("nan")})


async def collected(rows: AsyncIterator[HistoryRow]) -> list[int]:
    return [row.seq async for row in rows]


async def test_a_stream_gives_everything_once_in_order_over_many_batches(database: Database) -> None:
    await write(database, BATCH + 3)
    async with database.read() as session:
        assert await collected(log.stream(session, "ws_1")) == list(range(1, BATCH + 4))
        assert (await log.verify(session, "ws_1")).count == BATCH + 3


async def test_pages_go_backwards_without_overlap(database: Database) -> None:
    await write(database, 5)
    async with database.read() as session:
        first = await log.page(session, "ws_1", limit=3)
        rest = await log.page(session, "ws_1", before_seq=first[-1].seq, limit=3)
    assert [row.seq for row in first + rest] == [5, 4, 3, 2, 1]


async def test_filters_keep_to_what_was_asked_for(database: Database) -> None:
    await write(database, 3, contract="a.b", outcome="succeeded")
    await write(
        database,
        1,
        kind="sent",
        contract="c.d",
        request_id="req_9",
        at=later(hours=1),
        actor={**ACTOR, "person": "mem_2"},
    )
    wanted = {
        HistoryFilters(kinds=("sent",)): [4],
        HistoryFilters(kinds=("sent", "resolved"), contract="a.b"): [1, 2, 3],
        HistoryFilters(run_id="run_1"): [1, 4],
        HistoryFilters(person="mem_2"): [4],
        HistoryFilters(outcome="succeeded"): [1, 2, 3],
        HistoryFilters(request_id="req_9"): [4],
        HistoryFilters(since=later(seconds=2), until=later(seconds=3)): [2],
        HistoryFilters(model="none"): [],
        HistoryFilters(risk="low"): [],
        HistoryFilters(prompt_version="v1"): [],
    }
    async with database.read() as session:
        for filters, seqs in wanted.items():
            assert await collected(log.stream(session, "ws_1", filters)) == seqs, filters


async def test_search_finds_words_in_any_case_and_takes_wildcards_for_what_they_are(database: Database) -> None:
    await write(database, 1, data={"text": "Größe 100% of it", "list": [{"deep": "Needle\x00"}]})
    await write(database, 1, data={"text": "100 pieces"})
    async with database.read() as session:
        for words, seqs in {
            "GRÖSSE": [1],
            "100%": [1],
            "100": [1, 2],
            "needle ada": [1],
            "n_edle": [],
            "needle pieces": [],
            "\x00": [1, 2],
        }.items():
            assert await collected(log.stream(session, "ws_1", HistoryFilters(words=words))) == seqs, words
