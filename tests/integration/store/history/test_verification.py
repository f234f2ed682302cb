"""Whatever was done to the rows of AI History, the first place where it no longer holds is named."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from store.database import Database
from store.history import log
from store.history.entries import GENESIS, digest_entry
from store.history.log import ChainAnchor
from tests.integration.store.chains import verified, write


async def tamper(database: Database, *statements: str) -> None:
    async with database.begin() as session:
        for statement in statements:
            await session.execute(text(statement))


async def forge(database: Database, number: int, **changed: Any) -> None:
    """Edit an entry as an insider would: with its digest made to fit."""
    async with database.begin() as session:
        row = await log.get(session, "ws_1", number)
        entry = {**row.model_dump(), **changed}
        names = {**changed, "digest": digest_entry(entry), "was": number}
        sets = ", ".join(f"{name} = :{name}" for name in names if name != "was")
        await session.execute(text(f"UPDATE history SET {sets} WHERE workspace = 'ws_1' AND seq = :was"), names)


@pytest.mark.parametrize(
    "column", ["kind", "actor", "data", "words", "contract", "outcome", "person", "run_id", "request_id", "id", "prev"]
)
async def test_an_edit_in_any_column_is_named(database: Database, column: str) -> None:
    await write(database, 5, contract="a.b", outcome="ok", request_id="req_1")
    await tamper(database, f"UPDATE history SET {column} = 'sha256:edited' WHERE seq = 3")
    verdict = await verified(database)
    assert (verdict.ok, verdict.count, verdict.first_break) == (False, 2, 3)
    assert "Entry 3 was edited" in verdict.why


async def test_an_edited_time_or_duration_is_named(database: Database) -> None:
    await write(database, 3)
    await tamper(database, "UPDATE history SET duration_ms = 1.26 WHERE seq = 2")
    assert (await verified(database)).first_break == 2
    await tamper(database, "UPDATE history SET duration_ms = 1.25 WHERE seq = 2")
    assert (await verified(database)).ok
    await tamper(database, "UPDATE history SET at = (SELECT at FROM history WHERE seq = 3) WHERE seq = 2")
    assert (await verified(database)).first_break == 2


@pytest.mark.parametrize("edit", ["at = 'yesterday'", "data = x'00ff'"])
async def test_an_edit_that_can_not_even_be_read_back_is_named(database: Database, edit: str) -> None:
    await write(database, 5)
    await tamper(database, f"UPDATE history SET {edit} WHERE seq = 3")
    verdict = await verified(database)
    assert (verdict.ok, verdict.count, verdict.first_break) == (False, 2, 3)
    assert "Entry 3 was edited" in verdict.why


async def test_an_edit_before_one_that_can_not_be_read_back_is_the_first(database: Database) -> None:
    await write(database, 5)
    await tamper(
        database, "UPDATE history SET at = 'yesterday' WHERE seq = 4", "UPDATE history SET kind = 'x' WHERE seq = 2"
    )
    assert (await verified(database)).first_break == 2


async def test_an_edit_with_a_fitting_digest_breaks_at_the_entry_after_it(database: Database) -> None:
    await write(database, 5)
    await forge(database, 3, kind="forged")
    verdict = await verified(database)
    assert (verdict.first_break, verdict.count) == (4, 3)
    assert "does not continue entry 3" in verdict.why


async def test_an_edit_of_the_last_entry_with_a_fitting_digest_breaks_at_the_head(database: Database) -> None:
    await write(database, 5)
    await forge(database, 5, kind="forged")
    verdict = await verified(database)
    assert verdict.first_break == 5
    assert "recorded end" in verdict.why


async def test_a_deleted_entry_is_named(database: Database) -> None:
    await write(database, 5)
    await tamper(database, "DELETE FROM history WHERE seq = 3")
    verdict = await verified(database)
    assert (verdict.first_break, verdict.count) == (3, 2)
    assert "Entry 3 is missing" in verdict.why


async def test_a_deleted_first_entry_is_named(database: Database) -> None:
    await write(database, 3)
    await tamper(database, "DELETE FROM history WHERE seq = 1")
    assert (await verified(database)).first_break == 1


async def test_entries_moved_up_to_close_a_gap_are_named(database: Database) -> None:
    await write(database, 4)
    await tamper(database, "DELETE FROM history WHERE seq = 3", "UPDATE history SET seq = 3 WHERE seq = 4")
    assert (await verified(database)).first_break == 3


async def test_entries_moved_up_with_fitting_digests_are_named(database: Database) -> None:
    await write(database, 4)
    await tamper(database, "DELETE FROM history WHERE seq = 3")
    await forge(database, 4, seq=3)
    verdict = await verified(database)
    assert verdict.first_break == 3
    assert "does not continue entry 2" in verdict.why


async def test_an_inserted_entry_is_named(database: Database) -> None:
    await write(database, 4)
    await tamper(database, "UPDATE history SET seq = 5 WHERE seq = 4", "UPDATE history SET seq = 4 WHERE seq = 3")
    async with database.begin() as session:
        row = await log.get(session, "ws_1", 2)
        entry = {**row.model_dump(), "seq": 3, "id": "his_forged", "prev": row.digest}
        entry["digest"] = digest_entry(entry)
        columns = ", ".join(entry)
        source = ", ".join(f":{name}" if name in ("seq", "id", "prev", "digest") else name for name in entry)
        await session.execute(
            text(f"INSERT INTO history ({columns}) SELECT {source} FROM history WHERE seq = 2"), entry
        )
    verdict = await verified(database)
    assert (verdict.first_break, verdict.count) == (4, 3)


async def test_an_entry_before_the_first_is_named(database: Database) -> None:
    await write(database, 2)
    columns = "id, workspace, at, kind, actor, data, words, prev, digest"
    source = "'his_forged', workspace, at, kind, actor, data, words, prev, digest"
    await tamper(database, f"INSERT INTO history (seq, {columns}) SELECT 0, {source} FROM history WHERE seq = 1")
    await forge(database, 0, prev=GENESIS)
    verdict = await verified(database)
    assert (verdict.first_break, verdict.count) == (0, 0)
    assert "inserted before the first" in verdict.why


async def test_an_entry_after_the_recorded_end_is_named(database: Database) -> None:
    rows = await write(database, 3)
    await tamper(database, f"UPDATE history_heads SET seq = 2, digest = '{rows[1].digest}'")
    verdict = await verified(database)
    assert verdict.first_break == 3
    assert "after the recorded end" in verdict.why


async def test_a_cut_tail_is_named(database: Database) -> None:
    await write(database, 5)
    await tamper(database, "DELETE FROM history WHERE seq > 3")
    verdict = await verified(database)
    assert (verdict.first_break, verdict.count) == (4, 3)
    assert "5 were written" in verdict.why


async def test_a_deleted_history_is_named_by_its_head(database: Database) -> None:
    await write(database, 2)
    await tamper(database, "DELETE FROM history")
    assert (await verified(database)).first_break == 1


async def test_an_edited_head_is_named(database: Database) -> None:
    await write(database, 3)
    await tamper(database, "UPDATE history_heads SET digest = 'sha256:edited'")
    verdict = await verified(database)
    assert verdict.first_break == 3
    assert "recorded end" in verdict.why


async def test_a_deleted_head_is_named(database: Database) -> None:
    await write(database, 3)
    await tamper(database, "DELETE FROM history_heads")
    assert not (await verified(database)).ok


async def test_an_anchor_shows_a_tail_cut_together_with_its_head(database: Database) -> None:
    rows = await write(database, 5)
    anchor = ChainAnchor(5, rows[4].digest)
    assert (await verified(database, anchor)).ok
    await tamper(
        database, "DELETE FROM history WHERE seq > 3", f"UPDATE history_heads SET seq = 3, digest = '{rows[2].digest}'"
    )
    assert "What was counted" in (await verified(database)).why
    await tamper(database, "UPDATE history_days SET n = 3")
    assert (await verified(database)).ok  # the chain alone can't know
    verdict = await verified(database, anchor)
    assert (verdict.ok, verdict.first_break) == (False, 4)


async def test_an_anchor_shows_a_history_made_anew(database: Database) -> None:
    rows = await write(database, 3)
    await tamper(database, "DELETE FROM history", "DELETE FROM history_heads", "DELETE FROM history_days")
    await write(database, 4)
    assert (await verified(database)).ok
    verdict = await verified(database, ChainAnchor(2, rows[1].digest))
    assert (verdict.ok, verdict.first_break) == (False, 2)


@pytest.mark.parametrize("edit", ["UPDATE history_days SET n = n + 1", "DELETE FROM history_days"])
async def test_what_was_counted_by_day_is_what_the_entries_come_to(database: Database, edit: str) -> None:
    await write(database, 3)
    assert (await verified(database)).ok
    await tamper(database, edit)
    verdict = await verified(database)
    assert (verdict.ok, verdict.count, verdict.first_break) == (False, 3, None)
    assert "2026-11-24" in verdict.why


async def test_a_history_made_anew_is_placed_behind_the_last_anchor_that_fits(
    database: Database,
) -> None:
    rows = await write(database, 4)
    anchors = [ChainAnchor(each.seq, each.digest) for each in rows]
    await tamper(database, "DELETE FROM history WHERE seq > 2", "DELETE FROM history_days")
    await tamper(database, f"UPDATE history_heads SET seq = 2, digest = '{rows[1].digest}'")
    await write(database, 3)
    async with database.read() as session:
        verdict = await log.verify(session, "ws_1", anchors=anchors)
    assert (verdict.ok, verdict.first_break, verdict.anchored) == (False, 3, anchors[1])
    assert "after entry 2" in verdict.why


async def test_an_anchor_stays_good_while_the_history_grows(database: Database) -> None:
    anchor = (await verified(database)).last
    rows = await write(database, 2)
    assert (await verified(database, ChainAnchor(2, rows[1].digest))).ok
    await write(database, 2)
    assert (await verified(database, ChainAnchor(2, rows[1].digest))).ok
    assert (await verified(database, anchor)).ok
