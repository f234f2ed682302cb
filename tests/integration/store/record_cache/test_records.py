"""Kept records on both databases: an older state never replaces a newer one, whatever the order, and what is found is
what fits."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from core.errors import InvalidInput
from store.database import Database, now
from store.record_cache import records
from store.record_cache.records import CachedRecord, CacheScope, RangeFilter, SortOrder, TermFilter
from store.record_cache.sync_state import SyncStateRow, begin, get, listed, move, stale, touch

HERE = CacheScope("ws_1", "saas", "customer")


def state(key: str, version: int, name: str | None, **more: Any) -> CachedRecord:
    data = {"id": key, "name": name, **more} if name is not None else None
    words = name.lower().split() if name else []
    values = [("value", str(value), field) for field, value in (data or {}).items()]
    return CachedRecord(
        key, f"{version:03d}", data, [*(("word", word, "name") for word in words), *values], [(w, w) for w in words]
    )


async def keep(database: Database, *states: CachedRecord, read: bool = False, scope: CacheScope = HERE) -> int:
    async with database.begin() as session:
        return await records.store_records(session, scope, states, read=read)


async def there(database: Database, scope: CacheScope = HERE, **wanted: Any) -> list[tuple[str, Any]]:
    async with database.read() as session:
        found = await records.search(session, scope, limit=50, **wanted)
    return [(row.id, row.data["name"]) for row in found]


async def by_word(database: Database, word: str) -> list[str]:
    return [each for each, _ in await there(database, any_of=[[TermFilter("word", "name", (word,))]])]


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
async def test_in_whatever_order_states_come_the_newest_stays(database: Database, order: tuple[int, ...]) -> None:
    names = {1: "Adam First", 2: None, 3: "Adam Last"}
    for version in order:
        await keep(database, state("1", version, names[version]))
    assert await there(database) == [("1", "Adam Last")]
    assert await by_word(database, "first") == []
    assert await by_word(database, "last") == ["1"]


async def test_a_late_older_state_does_not_bring_back_what_was_deleted(database: Database) -> None:
    await keep(database, state("1", 3, None))
    assert await keep(database, state("1", 2, "Adam")) == 0
    assert await keep(database, state("1", 2, "Adam"), read=True) == 0
    assert await there(database) == []
    assert await by_word(database, "adam") == []


async def test_the_same_version_counts_only_when_it_was_read(database: Database) -> None:
    await keep(database, state("1", 2, "Adam"))
    assert await keep(database, state("1", 2, "Wrong")) == 0
    assert await keep(database, state("1", 2, "Right"), read=True) == 1
    assert await keep(database, state("1", 2, "Right"), read=True) == 0, "nothing is written where nothing changes"
    assert await there(database) == [("1", "Right")]
    assert await by_word(database, "adam") == []


async def test_of_one_record_twice_in_a_batch_the_newer_counts(database: Database) -> None:
    assert await keep(database, state("1", 2, "New"), state("1", 1, "Old"), state("2", 1, "Eve")) == 2
    assert await there(database) == [("1", "New"), ("2", "Eve")]


async def test_twenty_writers_at_once_leave_the_newest(database: Database) -> None:
    await asyncio.gather(
        *(keep(database, state("1", n, f"Adam V{n}"), state("2", n, f"Eve V{n}")) for n in range(1, 21))
    )
    assert await there(database) == [("1", "Adam V20"), ("2", "Eve V20")]
    assert await by_word(database, "v20") == ["1", "2"]
    assert await by_word(database, "v19") == []


async def test_no_other_workspace_connector_or_kind_is_touched(database: Database) -> None:
    others = [
        CacheScope("ws_2", "saas", "customer"),
        CacheScope("ws_1", "crm", "customer"),
        CacheScope("ws_1", "saas", "invoice"),
    ]
    await keep(database, state("1", 1, "Adam"))
    for other in others:
        assert await there(database, other) == []
        async with database.read() as session:
            assert await records.known_words(session, other, ["adam"]) == []
            assert await records.get(session, other, "1") is None
        await keep(database, state("1", 9, None), scope=other)
        async with database.begin() as session:
            await records.forget(session, other)
    assert await there(database) == [("1", "Adam")]


async def test_what_a_whole_reading_has_not_seen_is_gone(database: Database) -> None:
    await keep(database, state("1", 1, "Adam"), state("2", 1, "Eve"), state("3", 1, "Ines"))
    await asyncio.sleep(0.005)  # the database's own clock, in milliseconds, is what is compared
    async with database.begin() as session:
        began = await now(session)
    await asyncio.sleep(0.005)
    await keep(database, state("1", 1, "Adam"), read=True)
    await keep(database, state("3", 2, "Ines New"))
    async with database.begin() as session:
        assert await records.delete_unseen(session, HERE, began) == 1
        assert await records.delete_unseen(session, HERE, began) == 0
    assert await there(database) == [("1", "Adam"), ("3", "Ines New")]
    assert await keep(database, state("2", 1, "Eve")) == 0, "an old event does not bring it back"
    assert await keep(database, state("2", 1, "Eve"), read=True) == 1, "the platform does"


async def test_lost_only_while_it_stands_at_the_version_that_was_asked_about(database: Database) -> None:
    await keep(database, state("1", 2, "Adam"))
    async with database.begin() as session:
        assert not await records.mark_deleted(session, HERE, "1", was="001")
        assert await records.mark_deleted(session, HERE, "1", was="002")
        assert not await records.mark_deleted(session, HERE, "1", was="002")
        assert await records.count(session, HERE) == 0
    assert await by_word(database, "adam") == []


async def test_found_by_words_values_spans_and_order(database: Database) -> None:
    await keep(
        database,
        state("1", 1, "Adam Novak", total=900, at="2026-01-02T00:00:00Z", open=True),
        state("2", 1, "Adam Nowak", total=1000, at="2026-01-03T00:00:00Z", open=False),
        state("3", 1, "Eve Novak", total=None, at=None, open=True),
    )
    both = [[TermFilter("word", "name", ("adam",)), TermFilter("word", "name", ("novak", "nowak"))]]
    assert [each for each, _ in await there(database, any_of=both)] == ["1", "2"]
    either = [[TermFilter("word", "name", ("eve",))], [TermFilter("word", "name", ("nowak",))]]
    assert [each for each, _ in await there(database, any_of=either)] == ["2", "3"]
    assert await there(database, any_of=[]) == []
    opened = [TermFilter("value", "open", ("True",))]
    assert [each for each, _ in await there(database, where=opened)] == ["1", "3"]
    assert [each for each, _ in await there(database, any_of=both, where=opened)] == ["1"]
    for descending, wanted in ((True, ["2", "1", "3"]), (False, ["1", "2", "3"])):
        for field, numeric in (("total", True), ("at", False)):
            found = await there(database, sorting=SortOrder(field, numeric=numeric, descending=descending))
            assert [each for each, _ in found] == wanted, (field, descending)
    assert [each for each, _ in await there(database, between=[RangeFilter("at", "2026-01-02T12:00:00Z", None)])] == [
        "2"
    ]
    assert [each for each, _ in await there(database, between=[RangeFilter("total", 900, 1000)])] == ["1"]


async def test_a_page_of_what_is_found(database: Database) -> None:
    await keep(database, *(state(str(n), 1, f"Adam V{n}") for n in range(1, 8)))
    async with database.read() as session:
        found = await records.search(session, HERE, limit=2, offset=2)
    assert [row.id for row in found] == ["3", "4"]


async def test_text_that_no_database_keeps_is_refused_and_nothing_is_kept(database: Database) -> None:
    with pytest.raises(InvalidInput, match="can't be kept"):
        await keep(database, state("1", 1, "Adam"), state("2", 1, "Nu\x00l"))
    assert await there(database) == []


async def test_words_and_deleted_records_are_forgotten(database: Database) -> None:
    await keep(database, state("1", 1, "Adam"), state("2", 1, "Eve"))
    await keep(database, state("1", 2, None))
    async with database.begin() as session:
        later = await now(session)
        assert await records.known_words(session, HERE, ["adam", "eve"]) != []
        await asyncio.sleep(0)
        assert await records.purge(session, later.replace(year=2000)) == 0
        assert await records.known_words(session, HERE, ["adam"]) == [], "no record holds this word any more"
        assert await records.known_words(session, HERE, ["eve"]) == ["eve"]
        assert await records.purge(session, later.replace(year=2100)) == 1
        assert await records.get(session, HERE, "1") is None


async def test_one_reading_of_a_kind_at_a_time_and_only_its_own_steps_count(database: Database) -> None:
    async with database.begin() as session:
        at = await now(session)
        row = SyncStateRow(workspace="ws_1", connector="saas", kind="customer", state="reading", shape="s", began_at=at)
        began = await begin(session, row)
        assert began is not None
        assert await begin(session, row) is None, "it is under way"
        assert await move(session, began, cursor="7", seen=1)
        assert not await move(session, began, cursor="9", seen=2), "another worker has gone on"
        further = await get(session, "ws_1", "saas", "customer")
        assert further is not None
        assert (further.cursor, further.seen) == ("7", 1)
        assert await move(session, further, state="ready", synced_at=at, cursor=None)
        await touch(session, "ws_1", "saas", "customer", at)
        again = await begin(session, row)
        assert again is not None
        assert (again.synced_at, again.heard_at, again.seen) == (at, at, 0), "when it was last whole stays known"
        assert await stale(session, at.replace(year=2100)) == [], "it is being read"
        assert await move(session, again, state="failed", error="down")
        assert len(await stale(session, at.replace(year=2100))) == 1
        assert [each.kind for each in await listed(session, "ws_1")] == ["customer"]
        assert await listed(session, "ws_2") == []
