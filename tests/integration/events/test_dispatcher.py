"""Within one event subscribers react in priority order, each on its own account, and a crash neither loses nor repeats
what was done."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

import store.events.events
import store.history.log
import store.jobs.enqueue
import store.jobs.jobs
from core.errors import EventLoop, InvalidInput
from events.dispatcher import RETRY_S
from events.publish import MAX_DEPTH, publish
from events.subscribers import FiredEvent
from registry import connector
from registry.discovery import DiscoveredConnector
from store.database import Database
from tests.integration.events.dispatching import AT, WORKSPACE, Cast, DispatcherSetup

ROOT = Path(__file__).parents[3]


async def broken(event: FiredEvent) -> None:
    raise RuntimeError("a subscriber's own defect")


async def test_lower_priority_reacts_first_whatever_the_order_of_registration(database: Database) -> None:
    cast = Cast()
    for name, priority in (("webhooks", 40), ("brain", 10), ("mirror", 30), ("rules", 20)):
        cast.add(name, priority)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.finish()
    assert cast.seen == ["brain", "rules", "mirror", "webhooks"]
    assert set((await setup.states(event_id)).values()) == {"done"}
    async with database.read() as session:
        assert (await store.events.events.get(session, WORKSPACE, event_id)).state == "done"


async def test_the_same_priority_reacts_side_by_side(database: Database) -> None:
    together = asyncio.Barrier(2)

    async def meet(event: FiredEvent) -> None:
        await together.wait()

    cast = Cast()
    cast.add("one", 20, meet)
    cast.add("two", 20, meet)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    async with asyncio.timeout(10):  # one after the other they would wait for each other for ever
        await setup.finish()
    assert await setup.states(event_id) == {"one": "done", "two": "done"}


async def test_one_that_fails_is_retried_and_does_not_stop_the_later_ones(database: Database) -> None:
    tries = 0

    async def twice(event: FiredEvent) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise RuntimeError("not yet")

    cast = Cast()
    cast.add("shaky", 10, twice)
    cast.add("later", 20)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.step()
    assert await setup.states(event_id) == {"shaky": "retrying", "later": "done"}
    assert await setup.step() == 0, "a retry is not due at once"
    await setup.finish()
    reactions = await setup.reactions(event_id)
    assert (reactions["shaky"].state, reactions["shaky"].attempts, reactions["shaky"].error) == ("done", 3, "")
    assert cast.seen == ["shaky", "later", "shaky", "shaky"]


async def test_one_that_never_works_has_failed_in_the_end_and_history_says_so(database: Database) -> None:
    cast = Cast()
    cast.add("broken", 10, broken)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.finish()
    row = (await setup.reactions(event_id))["broken"]
    assert (row.state, row.attempts) == ("failed", len(RETRY_S) + 1)
    assert row.error == "RuntimeError (see the log)", "a stranger's words may hold a secret"
    async with database.read() as session:
        (entry,) = await store.history.log.page(session, WORKSPACE, limit=10)
    assert entry.kind == "reaction_failed"
    assert event_id in entry.data


async def test_a_blocking_one_is_waited_for(database: Database) -> None:
    tries = 0

    async def once_broken(event: FiredEvent) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("not yet")

    cast = Cast()
    cast.add("first", 10)
    cast.add("gate", 20, once_broken, blocking=True)
    cast.add("later", 30)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.step()
    assert await setup.states(event_id) == {"first": "done", "gate": "retrying", "later": "pending"}
    await setup.finish()
    assert await setup.states(event_id) == {"first": "done", "gate": "done", "later": "done"}
    assert cast.seen == ["first", "gate", "gate", "later"]


async def test_a_blocking_one_that_fails_for_good_leaves_the_later_ones_out(database: Database) -> None:
    cast = Cast()
    cast.add("gate", 20, broken, blocking=True)
    cast.add("beside", 20)
    cast.add("later", 30)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.finish()
    assert await setup.states(event_id) == {"gate": "failed", "beside": "done", "later": "skipped"}
    assert cast.seen.count("beside") == 1
    assert "gate" in (await setup.reactions(event_id))["later"].error


async def test_one_that_hangs_is_given_up_and_retried(database: Database) -> None:
    async def hang(event: FiredEvent) -> None:
        await asyncio.Event().wait()

    cast = Cast()
    cast.add("hanging", 10, hang)
    cast.add("later", 20)
    setup = DispatcherSetup(database, cast, react_s=0.01)
    event_id = await setup.fire()
    await setup.step()
    rows = await setup.reactions(event_id)
    assert (rows["hanging"].state, rows["hanging"].error, rows["later"].state) == (
        "retrying",
        "It took too long.",
        "done",
    )


async def test_what_a_reaction_writes_and_that_it_is_done_are_one_transaction(database: Database) -> None:
    async def put_then_fail(session: AsyncSession) -> None:
        await store.jobs.enqueue.enqueue(session, key="left-behind", kind="note", workspace=WORKSPACE, payload={})
        raise RuntimeError("after writing")

    async def put(session: AsyncSession) -> None:
        await store.jobs.enqueue.enqueue(session, key="kept", kind="note", workspace=WORKSPACE, payload={})

    cast = Cast()
    cast.add("half", 10, record=put_then_fail)
    cast.add("whole", 10, record=put)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.step()
    assert await setup.states(event_id) == {"half": "retrying", "whole": "done"}
    async with database.read() as session:
        keys = (await session.execute(text("SELECT key FROM work WHERE kind = 'note'"))).scalars().all()
    assert list(keys) == ["kept"]


async def test_a_walk_that_is_taken_up_again_repeats_nothing_that_was_done(database: Database) -> None:
    reached = asyncio.Event()
    hanging = True

    async def hang_once(event: FiredEvent) -> None:
        if hanging:
            reached.set()
            await asyncio.Event().wait()

    cast = Cast()
    cast.add("first", 10)
    cast.add("second", 20, hang_once)
    cast.add("third", 30)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    (job,) = await setup.queue.claim(list(setup.handlers), 1)
    task = asyncio.create_task(setup.dispatcher.react(job))
    await reached.wait()
    task.cancel()  # the lease is lost: nothing of this claim is settled
    with pytest.raises(asyncio.CancelledError):
        await task
    hanging = False
    cast.add("newcomer", 5)
    await setup.hurry()
    await setup.finish()
    assert cast.seen == ["first", "second", "second", "third"]
    assert await setup.states(event_id) == {"first": "done", "second": "done", "third": "done"}


async def test_a_subscriber_that_is_gone_by_its_retry_is_passed_over(database: Database) -> None:
    cast = Cast()
    cast.add("broken", 10, broken)
    setup = DispatcherSetup(database, cast)
    event_id = await setup.fire()
    await setup.step()
    cast.remove("broken")
    await setup.hurry()
    await setup.finish()
    assert await setup.states(event_id) == {"broken": "skipped"}


async def test_a_connector_brings_its_own_subscribers_and_sees_the_event_alone(database: Database) -> None:
    seen: list[connector.Event] = []

    class Mirror(connector.Connector):
        name = "mirror"

        def subscribers(self) -> Sequence[connector.Subscriber]:
            async def note(event: connector.Event) -> None:
                seen.append(event)

            return (
                connector.Subscriber("index", "customer.*", 30, note),
                connector.Subscriber("other", "invoice.*", 30, note),
            )

    cast = Cast()
    cast.add("rules", 20)
    cast.add("webhooks", 40)
    setup = DispatcherSetup(database, cast, found=[DiscoveredConnector("mirror", "Mirror", Mirror)])
    await setup.configure("mirror")
    event_id = await setup.fire("customer.renamed", customer_id=421)
    await setup.finish()
    assert list(await setup.states(event_id)) == ["rules", "connector:mirror:index", "webhooks"]
    assert [(each.id, each.name, each.data) for each in seen] == [(event_id, "customer.renamed", {"customer_id": 421})]


async def test_a_connector_that_cannot_say_who_reacts_costs_the_others_nothing(database: Database) -> None:
    class Broken(connector.Connector):
        name = "broken"

        def subscribers(self) -> Sequence[connector.Subscriber]:
            raise RuntimeError("a stranger's defect")

    cast = Cast()
    cast.add("rules", 20)
    setup = DispatcherSetup(database, cast, found=[DiscoveredConnector("broken", "Broken", Broken)])
    await setup.configure("broken")
    event_id = await setup.fire()
    await setup.finish()
    assert await setup.states(event_id) == {"rules": "done"}


async def test_kill_9_between_two_priorities_loses_nothing_and_repeats_nothing_done(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    event_id = await DispatcherSetup(database, Cast()).fire()
    notes = tmp_path / "notes"
    notes.touch()
    command = [sys.executable, "-m", "tests.integration.events.killed", database_url, str(notes)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    first = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=environment, timeout=60, check=False)
    assert first.returncode == -9
    assert notes.read_text().split() == ["first", "second"]
    second = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=environment, timeout=60, check=False)
    assert second.returncode == 0
    assert notes.read_text().split() == ["first", "second", "second", "third"]
    states = await DispatcherSetup(database, Cast()).states(event_id)
    assert states == {"first": "done", "second": "done", "third": "done"}


async def test_a_chain_of_events_that_cause_each_other_ends(database: Database) -> None:
    async with database.begin() as session:
        cause: str | None = None
        for depth in range(MAX_DEPTH + 1):
            fired = await publish(
                session, workspace=WORKSPACE, name="order.packed", data={}, origin="test", at=AT, caused_by=cause
            )
            assert fired.depth == depth
            cause = fired.id
        with pytest.raises(EventLoop):
            await publish(
                session, workspace=WORKSPACE, name="order.packed", data={}, origin="test", at=AT, caused_by=cause
            )


async def test_a_cause_of_another_workspace_is_no_cause(database: Database) -> None:
    event_id = await DispatcherSetup(database, Cast()).fire()
    async with database.begin() as session:
        with pytest.raises(InvalidInput):
            await publish(
                session, workspace="ws_2", name="order.packed", data={}, origin="test", at=AT, caused_by=event_id
            )


async def test_an_event_and_its_work_are_there_together_or_not_at_all(database: Database) -> None:
    async def fire_and_fail() -> None:
        async with database.begin() as session:
            await publish(session, workspace=WORKSPACE, name="order.packed", data={}, origin="test", at=AT)
            raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError):
        await fire_and_fail()
    async with database.read() as session:
        assert await store.events.events.listed(session, WORKSPACE) == []
        assert await store.jobs.jobs.counts(session) == {}
