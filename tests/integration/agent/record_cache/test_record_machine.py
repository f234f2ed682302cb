"""What is kept against a model of a platform: whatever changes, whatever of it is told late, twice, never or out of
order, and wherever a reading stands meanwhile, nothing older ever replaces anything newer, and a whole reading leaves
what the platform had when it began."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from store.database import Database, now
from store.record_cache import records
from store.record_cache.records import CachedRecord, CacheScope, TermFilter

T = TypeVar("T")
HERE = CacheScope("ws_1", "saas", "customer")
IDS = st.sampled_from(["1", "2", "3", "4"])
NAMES = st.sampled_from(["adam", "eve", "ines"])


def state(key: str, version: int, name: str | None) -> CachedRecord:
    data = {"id": key, "name": name} if name is not None else None
    return CachedRecord(
        key, f"{version:06d}", data, [("word", name, "name")] if name else (), [(name, name)] if name else ()
    )


class Platform(RuleBasedStateMachine):
    """``past`` is every state there ever was: (id, version) → the name, None for a deletion. ``known`` is the newest
    version of each record that OpsIQ was told of or has read."""

    template: Path

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "opsiq.db")
        self.database = self.do(Database.open(f"sqlite+aiosqlite:///{self.folder / 'opsiq.db'}"))
        self.counter = 0
        self.present: dict[str, int] = {}
        self.past: dict[tuple[str, int], str | None] = {}
        self.known: dict[str, int] = {}
        self.swept: set[str] = set()
        self.slipped: set[str] = set()
        self.reading: tuple[datetime, list[str], dict[str, str | None]] | None = None

    def do(self, job: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(job)

    @rule(key=IDS, name=NAMES | st.none())
    def it_changes(self, key: str, name: str | None) -> None:
        if name is None and self.name_of(key) is None:
            return
        self.counter += 1
        self.present[key] = self.counter
        self.past[key, self.counter] = name
        if name is None and self.reading is not None:  # it was not there all the time, whatever comes after
            began, left, then = self.reading
            self.reading = (began, left, {**then, key: None})
            self.slipped.add(key)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "past", None))
    def something_of_it_is_told(self, data: st.DataObject) -> None:
        key, version = data.draw(st.sampled_from(sorted(self.past)))
        applied = self.do(self.keep(state(key, version, self.past[key, version]), read=False))
        assert applied == int(version > self.known.get(key, 0))
        self.learnt(key, version)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "swept", None))
    def what_was_taken_for_deleted_is_told_again(self, data: st.DataObject) -> None:
        """An old message is no news of a record that a whole reading has not seen."""
        key = data.draw(st.sampled_from(sorted(self.swept)))
        version = self.known[key]
        assert self.do(self.keep(state(key, version, self.past[key, version]), read=False)) == 0

    @rule()
    @precondition(lambda self: getattr(self, "reading", 0) is None)
    def a_reading_begins(self) -> None:
        began = self.do(self.at())
        self.reading = (began, sorted(key for key in self.present if self.name_of(key)), self.there())

    @rule(size=st.integers(1, 3), late=st.booleans(), name=NAMES)
    @precondition(lambda self: getattr(self, "reading", None))
    def a_page_is_read(self, size: int, late: bool, name: str) -> None:
        """``late``: something changes and is told between the platform's answer and the moment it is kept."""
        assert self.reading is not None
        began, left, then = self.reading
        page = [(key, self.present[key], self.name_of(key)) for key in left[:size]]
        if late and page:
            key = page[0][0]
            self.it_changes(key, name)
            self.do(self.keep(state(key, self.present[key], name), read=False))
            self.learnt(key, self.present[key])
        self.do(self.keep(*(state(*each) for each in page if each[2] is not None), read=True))
        for key, version, read in page:
            if read is not None:
                self.learnt(key, version, read=True)
        self.reading = (began, left[size:], then)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "reading", None) and self.reading[1])
    def one_slips_between_two_pages(self, data: st.DataObject) -> None:
        """As where a platform's order changes while it is read: it is taken for deleted, and the next reading brings it
        back."""
        assert self.reading is not None
        began, left, then = self.reading
        key = data.draw(st.sampled_from(left))
        self.reading = (began, [each for each in left if each != key], {**then, key: None})
        self.slipped.add(key)

    @rule(data=st.data())
    @precondition(lambda self: getattr(self, "reading", 0) is None and self.standing())
    def a_whole_reading_misses_one(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(self.standing()))
        self.a_reading_begins()
        assert self.reading is not None
        began, left, then = self.reading
        self.reading = (began, [each for each in left if each != key], {**then, key: None})
        self.slipped.add(key)
        while self.reading[1]:
            self.a_page_is_read(3, False, "adam")
        self.the_reading_is_whole()
        assert key in self.swept

    @rule()
    @precondition(lambda self: getattr(self, "reading", None) and not self.reading[1])
    def the_reading_is_whole(self) -> None:
        assert self.reading is not None
        began, _, then = self.reading
        before = self.do(self.kept())
        self.do(self.sweep(began))
        kept = self.do(self.kept())
        self.swept |= {key for key in before if before[key] is not None and kept[key] is None}
        for key, name in then.items():
            deleted_meanwhile = self.past.get((key, self.known.get(key, 0)), "") is None
            if name is not None and self.name_of(key) is not None and not deleted_meanwhile:
                assert kept.get(key) is not None, f"{key} was there all the time"
            if (
                name is None
                and key not in self.slipped
                and key in kept
                and (key, self.known.get(key, 0)) in self.past
                and self.present[key] <= self.known.get(key, 0)
            ):
                assert kept[key] is None or self.name_of(key) is not None, f"{key} was gone before it began"
        self.reading = None
        self.slipped = set()

    @invariant()
    def what_is_kept_is_a_state_that_was_and_the_newest_that_is_known(self) -> None:
        if not hasattr(self, "database"):
            return
        kept, versions, found = self.do(self.kept()), self.do(self.versions()), self.do(self.found())
        assert set(kept) == set(self.known)
        for key, name in kept.items():
            assert versions[key] == self.known[key], "an older state has replaced a newer one"
            assert name == self.past[key, versions[key]] or (name is None and key in self.swept)
        listed = {(word, key) for word, keys in found.items() for key in keys}
        assert listed == {(name, key) for key, name in kept.items() if name is not None}, (
            "words lead to what is kept alone"
        )
        assert self.do(self.leftovers()) == 0, "nothing is listed of what is gone"

    def learnt(self, key: str, version: int, *, read: bool = False) -> None:
        """What was read brings back what was taken for deleted at that very version; what is told does not."""
        if version > self.known.get(key, 0) or (read and version == self.known[key]):
            self.known[key] = version
            self.swept.discard(key)

    def standing(self) -> list[str]:
        """What is kept as the platform has it."""
        return sorted(
            key
            for key in self.known
            if self.name_of(key) and self.known[key] == self.present[key] and key not in self.swept
        )

    def name_of(self, key: str) -> str | None:
        return self.past.get((key, self.present.get(key, 0)))

    def there(self) -> dict[str, str | None]:
        return {key: self.name_of(key) for key in self.present}

    async def at(self) -> datetime:
        await asyncio.sleep(0.002)  # the database's clock counts milliseconds: what comes before and after must differ
        async with self.database.read() as session:
            began = await now(session)
        await asyncio.sleep(0.002)
        return began

    async def keep(self, *states: CachedRecord, read: bool) -> int:
        async with self.database.begin() as session:
            return await records.store_records(session, HERE, states, read=read)

    async def sweep(self, began: datetime) -> None:
        async with self.database.begin() as session:
            while await records.delete_unseen(session, HERE, began):
                pass

    async def kept(self) -> dict[str, str | None]:
        async with self.database.read() as session:
            rows = [await records.get(session, HERE, key) for key in ("1", "2", "3", "4")]
        return {row.id: None if row.gone else row.data["name"] for row in rows if row is not None}

    async def versions(self) -> dict[str, int]:
        async with self.database.read() as session:
            return {
                key: int(version) for key, version in await session.execute(text("SELECT id, version FROM records"))
            }

    async def found(self) -> dict[str, list[str]]:
        async with self.database.read() as session:
            return {
                word: [
                    row.id
                    for row in await records.search(
                        session, HERE, any_of=[[TermFilter("word", "name", (word,))]], limit=10
                    )
                ]
                for word in ("adam", "eve", "ines")
            }

    async def leftovers(self) -> int:
        of_the_gone = text("SELECT count(*) FROM record_keys k JOIN records r ON r.id = k.id WHERE r.gone")
        async with self.database.read() as session:
            return int((await session.execute(of_the_gone)).scalar_one())

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.do(self.database.close())
            self.loop.close()
            shutil.rmtree(self.folder)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_in_any_order_what_is_kept_is_the_newest_that_is_known(sqlite_template: Path) -> None:
    machine = type("Machine", (Platform,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
