from __future__ import annotations

import asyncio

import pytest

from core.errors import Conflict, InvalidInput, NotFound
from store.database import Database
from store.runs import calls, runs
from store.runs.calls import AttemptRow
from tests.integration.store.rowmaking import AT, a_call, a_run, later


async def test_a_run_is_read_back_as_it_was_written(database: Database) -> None:
    row = a_run(
        text="заплатить 20 € — „now“ 🙂", expires_at=later(minutes=5), plan_digest="sha256:00", actions="a.b c.d"
    )
    async with database.begin() as session:
        await runs.insert(session, row)
    async with database.read() as session:
        assert (await runs.get(session, "ws_1", "run_1")).model_dump() == row.model_dump()


async def test_an_id_is_taken_once(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
    with pytest.raises(Conflict):
        async with database.begin() as session:
            await runs.insert(session, a_run())


async def test_another_workspace_sees_no_run_and_moves_none(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
    async with database.begin() as session:
        with pytest.raises(NotFound):
            await runs.get(session, "ws_2", "run_1")
        with pytest.raises(NotFound):
            await runs.move(session, "ws_2", "run_1", was=["held"], to="confirmed")
        assert await runs.listed(session, "ws_2") == []
        assert (await runs.get(session, "ws_1", "run_1")).state == "held"


async def test_a_move_sets_state_columns_and_revision(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
        row = await runs.move(
            session, "ws_1", "run_1", was=["asked", "held"], to="confirmed", risk="money", document='{"a":1}'
        )
        assert (row.state, row.risk, row.document, row.revision) == ("confirmed", "money", '{"a":1}', 2)
        assert row.updated_at != AT
        assert (
            await runs.move(session, "ws_1", "run_1", was=["confirmed"], to="executing", updated_at=AT)
        ).updated_at == AT


async def test_a_move_from_another_state_is_a_conflict_that_tells_the_state(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
        with pytest.raises(Conflict) as caught:
            await runs.move(session, "ws_1", "run_1", was=["asked"], to="confirmed")
        assert caught.value.extra == {"state": "held", "revision": 1}


async def test_a_move_on_an_older_revision_is_a_conflict(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
        await runs.move(session, "ws_1", "run_1", was=["held"], to="held", revision=1)
        with pytest.raises(Conflict):
            await runs.move(session, "ws_1", "run_1", was=["held"], to="confirmed", revision=1)


async def test_of_twenty_racing_confirms_exactly_one_wins(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())

    async def confirm() -> bool:
        try:
            async with database.begin() as session:
                await runs.move(session, "ws_1", "run_1", was=["held"], to="confirmed")
        except Conflict:
            return False
        return True

    won = await asyncio.gather(*(confirm() for _ in range(20)))
    assert won.count(True) == 1
    async with database.read() as session:
        assert (await runs.get(session, "ws_1", "run_1")).revision == 2


async def test_pages_are_newest_first_and_miss_nothing_where_times_are_equal(database: Database) -> None:
    async with database.begin() as session:
        for n in range(7):
            await runs.insert(session, a_run(f"run_{n}", created_at=later(seconds=n // 3)))
    seen: list[str] = []
    async with database.read() as session:
        page = await runs.listed(session, "ws_1", limit=2)
        while page:
            seen += [row.id for row in page]
            page = await runs.listed(session, "ws_1", limit=2, last=page[-1].id)
    assert seen == [f"run_{n}" for n in reversed(range(7))]


async def test_lists_keep_to_the_states_and_the_person_asked_for(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run("run_1", state="held"))
        await runs.insert(session, a_run("run_2", state="failed"))
        await runs.insert(session, a_run("run_3", state="held", person="mem_2"))
        assert {row.id for row in await runs.listed(session, "ws_1", states=("held",))} == {"run_1", "run_3"}
        assert {row.id for row in await runs.listed(session, "ws_1", person="mem_1")} == {"run_1", "run_2"}


async def test_due_are_the_waiting_runs_whose_time_is_over(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run("run_over", expires_at=later(seconds=-1)))
        await runs.insert(session, a_run("run_asked", state="asked", expires_at=later(seconds=-2), workspace="ws_2"))
        await runs.insert(session, a_run("run_waits", expires_at=later(seconds=1)))
        await runs.insert(session, a_run("run_done", state="succeeded", expires_at=later(seconds=-1)))
        await runs.insert(session, a_run("run_open"))
        assert [row.id for row in await runs.due(session, AT)] == ["run_asked", "run_over"]
        assert len(await runs.due(session, AT, limit=1)) == 1


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
async def test_text_that_one_database_could_not_store_is_refused_by_both(database: Database, text: str) -> None:
    with pytest.raises(InvalidInput, match="text"):
        async with database.begin() as session:
            await runs.insert(session, a_run(text=text))


async def test_calls_come_in_order_with_their_attempts(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
        await calls.insert_many(session, [a_call("act_2", seq=1), a_call("act_1", seq=0)])
        moved = await calls.move(session, "ws_1", "act_1", was=["planned"], to="begun", started_at=AT, attempts=1)
        assert (moved.state, moved.started_at, moved.attempts) == ("begun", AT, 1)
        for n in (2, 1):
            await calls.log_attempt(
                session, AttemptRow(call_id="act_1", n=n, started_at=AT, duration_ms=1.5, error="timeout")
            )
    async with database.read() as session:
        assert [row.call_id for row in await calls.of_run(session, "ws_1", "run_1")] == ["act_1", "act_2"]
        assert [row.n for row in await calls.attempts_of(session, "ws_1", "act_1")] == [1, 2]
        assert await calls.attempts_of(session, "ws_2", "act_1") == []
        assert await calls.of_run(session, "ws_2", "run_1") == []
        with pytest.raises(NotFound):
            await calls.get(session, "ws_2", "act_1")


async def test_a_call_moves_only_from_where_it_is(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
        await calls.insert_many(session, [a_call()])
        with pytest.raises(Conflict):
            await calls.move(session, "ws_1", "act_1", was=["begun"], to="succeeded")
        with pytest.raises(NotFound):
            await calls.move(session, "ws_2", "act_1", was=["planned"], to="begun")


async def test_no_calls_are_no_work(database: Database) -> None:
    async with database.begin() as session:
        await calls.insert_many(session, [])


async def test_a_call_needs_its_run_and_an_attempt_its_call(database: Database) -> None:
    with pytest.raises(Conflict):
        async with database.begin() as session:
            await calls.insert_many(session, [a_call(run_id="run_nowhere")])
    with pytest.raises(Conflict):
        async with database.begin() as session:
            await calls.log_attempt(session, AttemptRow(call_id="act_nowhere", n=1, started_at=AT, duration_ms=0.0))


async def test_a_thread_is_read_oldest_first_bounded_and_for_one_person_role_and_surface(database: Database) -> None:
    rows = [
        a_run("run_1"),  # as a process before threads stored it: it names none
        a_run("run_2", thread_id="run_1", created_at=later(seconds=1)),
        a_run("run_3", thread_id="run_1", created_at=later(seconds=2)),
        a_run("run_4", thread_id="run_4", created_at=later(seconds=3)),
        a_run("run_5", thread_id="run_1", created_at=later(seconds=4), person="mem_2"),
        a_run("run_6", thread_id="run_1", created_at=later(seconds=5), role="support"),
        a_run("run_7", thread_id="run_1", created_at=later(seconds=6), surface="writing"),
        a_run("run_8", thread_id="run_1", created_at=later(seconds=7), workspace="ws_2"),
    ]
    async with database.begin() as session:
        for row in rows:
            await runs.insert(session, row)
    mine = {"person": "mem_1", "role": "owner", "surface": "admin"}

    async def found(limit: int = 50, **more: object) -> list[str]:
        async with database.read() as session:
            rows = await runs.of_thread(session, "ws_1", "run_1", limit=limit, **{**mine, **more})  # type: ignore[arg-type]
            return [each.id for each in rows]

    assert await found() == ["run_1", "run_2", "run_3"]
    assert await found(2) == ["run_2", "run_3"]
    assert await found(until=later(seconds=1)) == ["run_1", "run_2"]
    assert await found(person="mem_2") == ["run_5"]
    async with database.read() as session:
        listed = await runs.listed(session, "ws_1", thread_id="run_1", person="mem_1", role="owner")
    assert [each.id for each in listed] == ["run_7", "run_3", "run_2", "run_1"]
