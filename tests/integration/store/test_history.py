from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import NotCanonical, NotFound
from store import history, tallies
from store.entries import BATCH, GENESIS, HistoryRow, digest_of
from store.history import Anchor, Filters, Verdict
from store.sessions import Sessions
from tests.integration.store.rowmaking import ACTOR, AT, later


async def write(sessions: Sessions, count: int, *, workspace: str = "ws_1", **given: Any) -> list[HistoryRow]:
    async with sessions.begin() as session:
        return [
            await history.append(
                session,
                **{
                    "workspace": workspace,
                    "kind": "resolved",
                    "run_id": f"run_{n}",
                    "actor": ACTOR,
                    "data": {"n": n, "text": "Größe 100%"},
                    "at": later(seconds=n),
                    "duration_ms": 1.25,
                    **given,
                },
            )
            for n in range(1, count + 1)
        ]


async def verified(sessions: Sessions, anchor: Anchor | None = None) -> Verdict:
    async with sessions.read() as session:
        return await history.verify(session, "ws_1", anchor)


async def tamper(sessions: Sessions, *statements: str) -> None:
    async with sessions.begin() as session:
        for statement in statements:
            await session.execute(text(statement))


async def forge(sessions: Sessions, number: int, **changed: Any) -> None:
    """Edit an entry as an insider would: with its digest made to fit."""
    async with sessions.begin() as session:
        row = await history.get(session, "ws_1", number)
        entry = {**row.model_dump(), **changed}
        names = {**changed, "digest": digest_of(entry), "was": number}
        sets = ", ".join(f"{name} = :{name}" for name in names if name != "was")
        await session.execute(text(f"UPDATE history SET {sets} WHERE workspace = 'ws_1' AND seq = :was"), names)


async def test_entries_appended_together_or_in_turn_in_one_transaction_are_one_chain(sessions: Sessions) -> None:
    def told(n: int) -> history.Entry:
        return history.Entry(
            "refused", f"run_{n}", ACTOR, {"n": n}, later(seconds=n), outcome="refused", duration_ms=5.0
        )

    async with sessions.begin() as session:
        assert await history.append_all(session, "ws_1", []) == []
        first = await history.append_all(session, "ws_1", [told(1), told(2)])
        await history.append_all(session, "ws_2", [told(1)])
        second = await history.append_all(session, "ws_1", [told(3)])
    await write(sessions, 1)
    assert [row.seq for row in (*first, *second)] == [1, 2, 3]
    assert (await verified(sessions)).count == 4
    async with sessions.read() as session:
        assert (await history.get(session, "ws_1", 2)).digest == first[1].digest
        day = AT.date()
        assert await tallies.by_day(session, "ws_1", "outcome", day, day) == [(day.isoformat(), "refused", 3)]


async def test_what_was_rolled_back_is_no_link_of_the_chain(sessions: Sessions) -> None:
    async def fail() -> None:
        async with sessions.begin() as session:
            await history.append(session, workspace="ws_1", kind="k", run_id=None, actor=ACTOR, data={}, at=AT)
            raise KeyError

    await write(sessions, 1)
    with pytest.raises(KeyError):
        await fail()
    await write(sessions, 1)
    assert (await verified(sessions)).count == 2


async def test_entries_are_read_back_as_they_were_appended_and_the_chain_verifies(sessions: Sessions) -> None:
    rows = await write(
        sessions, 3, request_id="req_1", contract="a.b", outcome="ok", risk="low", model="m", prompt_version="v1"
    )
    async with sessions.read() as session:
        assert [(await history.get(session, "ws_1", n)).model_dump() for n in (1, 2, 3)] == [
            row.model_dump() for row in rows
        ]
        assert (await history.get(session, "ws_1", rows[1].id)).seq == 2
    assert await verified(sessions) == Verdict(ok=True, count=3, last=Anchor(3, rows[2].digest))


async def test_an_empty_history_verifies(sessions: Sessions) -> None:
    assert (await verified(sessions)).ok


async def test_each_workspace_has_a_chain_of_its_own(sessions: Sessions) -> None:
    await write(sessions, 2)
    other = await write(sessions, 1, workspace="ws_2")
    assert other[0].seq == 1
    async with sessions.read() as session:
        with pytest.raises(NotFound):
            await history.get(session, "ws_2", 2)
        assert await history.of_run(session, "ws_2", "run_2") == []


async def test_an_append_that_is_rolled_back_leaves_no_gap(sessions: Sessions) -> None:
    await write(sessions, 1)

    async def fail() -> None:
        async with sessions.begin() as session:
            await history.append(session, workspace="ws_1", kind="k", run_id=None, actor=ACTOR, data={}, at=AT)
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert (await write(sessions, 1))[0].seq == 2
    assert (await verified(sessions)).ok


async def test_twenty_racing_appends_leave_no_gap(sessions: Sessions) -> None:
    await asyncio.gather(*(write(sessions, 2) for _ in range(20)))
    verdict = await verified(sessions)
    assert (verdict.ok, verdict.count) == (True, 40)


async def test_racing_appends_through_two_doors_of_one_database_leave_no_gap(
    sessions: Sessions, database_url: str
) -> None:
    other = await Sessions.open(database_url)
    await asyncio.gather(*(write(door, 1) for _ in range(20) for door in (sessions, other)))
    await other.close()
    verdict = await verified(sessions)
    assert (verdict.ok, verdict.count) == (True, 40)


async def test_data_without_a_canonical_form_is_refused(sessions: Sessions) -> None:
    with pytest.raises(NotCanonical):
        await write(sessions, 1, data={"n": float("nan")})


@pytest.mark.parametrize(
    "column", ["kind", "actor", "data", "words", "contract", "outcome", "person", "run_id", "request_id", "id", "prev"]
)
async def test_an_edit_in_any_column_is_named(sessions: Sessions, column: str) -> None:
    await write(sessions, 5, contract="a.b", outcome="ok", request_id="req_1")
    await tamper(sessions, f"UPDATE history SET {column} = 'sha256:edited' WHERE seq = 3")
    verdict = await verified(sessions)
    assert (verdict.ok, verdict.count, verdict.first_break) == (False, 2, 3)
    assert "Entry 3 was edited" in verdict.why


async def test_an_edited_time_or_duration_is_named(sessions: Sessions) -> None:
    await write(sessions, 3)
    await tamper(sessions, "UPDATE history SET duration_ms = 1.26 WHERE seq = 2")
    assert (await verified(sessions)).first_break == 2
    await tamper(sessions, "UPDATE history SET duration_ms = 1.25 WHERE seq = 2")
    assert (await verified(sessions)).ok
    await tamper(sessions, "UPDATE history SET at = (SELECT at FROM history WHERE seq = 3) WHERE seq = 2")
    assert (await verified(sessions)).first_break == 2


@pytest.mark.parametrize("edit", ["at = 'yesterday'", "data = x'00ff'"])
async def test_an_edit_that_can_not_even_be_read_back_is_named(sessions: Sessions, edit: str) -> None:
    await write(sessions, 5)
    await tamper(sessions, f"UPDATE history SET {edit} WHERE seq = 3")
    verdict = await verified(sessions)
    assert (verdict.ok, verdict.count, verdict.first_break) == (False, 2, 3)
    assert "Entry 3 was edited" in verdict.why


async def test_an_edit_before_one_that_can_not_be_read_back_is_the_first(sessions: Sessions) -> None:
    await write(sessions, 5)
    await tamper(
        sessions, "UPDATE history SET at = 'yesterday' WHERE seq = 4", "UPDATE history SET kind = 'x' WHERE seq = 2"
    )
    assert (await verified(sessions)).first_break == 2


async def test_an_edit_with_a_fitting_digest_breaks_at_the_entry_after_it(sessions: Sessions) -> None:
    await write(sessions, 5)
    await forge(sessions, 3, kind="forged")
    verdict = await verified(sessions)
    assert (verdict.first_break, verdict.count) == (4, 3)
    assert "does not continue entry 3" in verdict.why


async def test_an_edit_of_the_last_entry_with_a_fitting_digest_breaks_at_the_head(sessions: Sessions) -> None:
    await write(sessions, 5)
    await forge(sessions, 5, kind="forged")
    verdict = await verified(sessions)
    assert verdict.first_break == 5
    assert "recorded end" in verdict.why


async def test_a_deleted_entry_is_named(sessions: Sessions) -> None:
    await write(sessions, 5)
    await tamper(sessions, "DELETE FROM history WHERE seq = 3")
    verdict = await verified(sessions)
    assert (verdict.first_break, verdict.count) == (3, 2)
    assert "Entry 3 is missing" in verdict.why


async def test_a_deleted_first_entry_is_named(sessions: Sessions) -> None:
    await write(sessions, 3)
    await tamper(sessions, "DELETE FROM history WHERE seq = 1")
    assert (await verified(sessions)).first_break == 1


async def test_entries_moved_up_to_close_a_gap_are_named(sessions: Sessions) -> None:
    await write(sessions, 4)
    await tamper(sessions, "DELETE FROM history WHERE seq = 3", "UPDATE history SET seq = 3 WHERE seq = 4")
    assert (await verified(sessions)).first_break == 3


async def test_entries_moved_up_with_fitting_digests_are_named(sessions: Sessions) -> None:
    await write(sessions, 4)
    await tamper(sessions, "DELETE FROM history WHERE seq = 3")
    await forge(sessions, 4, seq=3)
    verdict = await verified(sessions)
    assert verdict.first_break == 3
    assert "does not continue entry 2" in verdict.why


async def test_an_inserted_entry_is_named(sessions: Sessions) -> None:
    await write(sessions, 4)
    await tamper(sessions, "UPDATE history SET seq = 5 WHERE seq = 4", "UPDATE history SET seq = 4 WHERE seq = 3")
    async with sessions.begin() as session:
        row = await history.get(session, "ws_1", 2)
        entry = {**row.model_dump(), "seq": 3, "id": "his_forged", "prev": row.digest}
        entry["digest"] = digest_of(entry)
        columns = ", ".join(entry)
        source = ", ".join(f":{name}" if name in ("seq", "id", "prev", "digest") else name for name in entry)
        await session.execute(
            text(f"INSERT INTO history ({columns}) SELECT {source} FROM history WHERE seq = 2"), entry
        )
    verdict = await verified(sessions)
    assert (verdict.first_break, verdict.count) == (4, 3)


async def test_an_entry_before_the_first_is_named(sessions: Sessions) -> None:
    await write(sessions, 2)
    columns = "id, workspace, at, kind, actor, data, words, prev, digest"
    source = "'his_forged', workspace, at, kind, actor, data, words, prev, digest"
    await tamper(sessions, f"INSERT INTO history (seq, {columns}) SELECT 0, {source} FROM history WHERE seq = 1")
    await forge(sessions, 0, prev=GENESIS)
    verdict = await verified(sessions)
    assert (verdict.first_break, verdict.count) == (0, 0)
    assert "inserted before the first" in verdict.why


async def test_an_entry_after_the_recorded_end_is_named(sessions: Sessions) -> None:
    rows = await write(sessions, 3)
    await tamper(sessions, f"UPDATE history_heads SET seq = 2, digest = '{rows[1].digest}'")
    verdict = await verified(sessions)
    assert verdict.first_break == 3
    assert "after the recorded end" in verdict.why


async def test_a_cut_tail_is_named(sessions: Sessions) -> None:
    await write(sessions, 5)
    await tamper(sessions, "DELETE FROM history WHERE seq > 3")
    verdict = await verified(sessions)
    assert (verdict.first_break, verdict.count) == (4, 3)
    assert "5 were written" in verdict.why


async def test_a_deleted_history_is_named_by_its_head(sessions: Sessions) -> None:
    await write(sessions, 2)
    await tamper(sessions, "DELETE FROM history")
    assert (await verified(sessions)).first_break == 1


async def test_an_edited_head_is_named(sessions: Sessions) -> None:
    await write(sessions, 3)
    await tamper(sessions, "UPDATE history_heads SET digest = 'sha256:edited'")
    verdict = await verified(sessions)
    assert verdict.first_break == 3
    assert "recorded end" in verdict.why


async def test_a_deleted_head_is_named(sessions: Sessions) -> None:
    await write(sessions, 3)
    await tamper(sessions, "DELETE FROM history_heads")
    assert not (await verified(sessions)).ok


async def test_an_anchor_shows_a_tail_cut_together_with_its_head(sessions: Sessions) -> None:
    rows = await write(sessions, 5)
    anchor = Anchor(5, rows[4].digest)
    assert (await verified(sessions, anchor)).ok
    await tamper(
        sessions, "DELETE FROM history WHERE seq > 3", f"UPDATE history_heads SET seq = 3, digest = '{rows[2].digest}'"
    )
    assert (await verified(sessions)).ok  # the chain alone can't know
    verdict = await verified(sessions, anchor)
    assert (verdict.ok, verdict.first_break) == (False, 4)


async def test_an_anchor_shows_a_history_made_anew(sessions: Sessions) -> None:
    rows = await write(sessions, 3)
    await tamper(sessions, "DELETE FROM history", "DELETE FROM history_heads")
    await write(sessions, 4)
    assert (await verified(sessions)).ok
    verdict = await verified(sessions, Anchor(2, rows[1].digest))
    assert (verdict.ok, verdict.first_break) == (False, 2)


async def test_an_anchor_stays_good_while_the_history_grows(sessions: Sessions) -> None:
    anchor = (await verified(sessions)).last
    rows = await write(sessions, 2)
    assert (await verified(sessions, Anchor(2, rows[1].digest))).ok
    await write(sessions, 2)
    assert (await verified(sessions, Anchor(2, rows[1].digest))).ok
    assert (await verified(sessions, anchor)).ok


async def collected(rows: AsyncIterator[HistoryRow]) -> list[int]:
    return [row.seq async for row in rows]


async def test_a_stream_gives_everything_once_in_order_over_many_batches(sessions: Sessions) -> None:
    await write(sessions, BATCH + 3)
    async with sessions.read() as session:
        assert await collected(history.stream(session, "ws_1")) == list(range(1, BATCH + 4))
        assert (await history.verify(session, "ws_1")).count == BATCH + 3


async def test_pages_go_backwards_without_overlap(sessions: Sessions) -> None:
    await write(sessions, 5)
    async with sessions.read() as session:
        first = await history.page(session, "ws_1", limit=3)
        rest = await history.page(session, "ws_1", before_seq=first[-1].seq, limit=3)
    assert [row.seq for row in first + rest] == [5, 4, 3, 2, 1]


async def test_filters_keep_to_what_was_asked_for(sessions: Sessions) -> None:
    await write(sessions, 3, contract="a.b", outcome="succeeded")
    await write(
        sessions,
        1,
        kind="sent",
        contract="c.d",
        request_id="req_9",
        at=later(hours=1),
        actor={**ACTOR, "person": "mem_2"},
    )
    wanted = {
        Filters(kinds=("sent",)): [4],
        Filters(kinds=("sent", "resolved"), contract="a.b"): [1, 2, 3],
        Filters(run_id="run_1"): [1, 4],
        Filters(person="mem_2"): [4],
        Filters(outcome="succeeded"): [1, 2, 3],
        Filters(request_id="req_9"): [4],
        Filters(since=later(seconds=2), until=later(seconds=3)): [2],
        Filters(model="none"): [],
        Filters(risk="low"): [],
        Filters(prompt_version="v1"): [],
    }
    async with sessions.read() as session:
        for filters, seqs in wanted.items():
            assert await collected(history.stream(session, "ws_1", filters)) == seqs, filters


async def test_search_finds_words_in_any_case_and_takes_wildcards_for_what_they_are(sessions: Sessions) -> None:
    await write(sessions, 1, data={"text": "Größe 100% of it", "list": [{"deep": "Needle\x00"}]})
    await write(sessions, 1, data={"text": "100 pieces"})
    async with sessions.read() as session:
        for words, seqs in {
            "GRÖSSE": [1],
            "100%": [1],
            "100": [1, 2],
            "needle ada": [1],
            "n_edle": [],
            "needle pieces": [],
            "\x00": [1, 2],
        }.items():
            assert await collected(history.stream(session, "ws_1", Filters(words=words))) == seqs, words
