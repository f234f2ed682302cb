"""Answers of many rows that come in one step of SQLite's."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

import store.webhooks.deliveries
from store.database import Database
from store.dialect import among, is_postgresql, write_texts
from store.driver.json_rows import MANY, JsonRowsQuery
from store.driver.prepared import find_sqlite
from store.jobs import enqueue, jobs
from store.jobs.enqueue import NewJob
from store.jobs.jobs import JobRow
from store.rows import add, add_all, table
from store.webhooks.deliveries import BodyRow, DeliveryRow
from store.webhooks.endpoints import EndpointRow
from store.workspaces import WorkspaceRow

AT = datetime(2026, 11, 26, 3, 4, 5, 678901, tzinfo=UTC)
BODY = table(BodyRow)
WORK = table(JobRow)


def asked(statement: Any) -> JsonRowsQuery:
    return JsonRowsQuery(
        lambda postgresql: statement.where(among(statement.selected_columns[0], "ids", postgresql=postgresql))
    )


@pytest.mark.parametrize("expected", [1, MANY])
async def test_bytes_times_numbers_and_text_of_any_kind_come_as_they_were_written(
    database: Database, expected: int
) -> None:
    bodies = {"evt_0": bytes(range(256)), "evt_1": b"", "evt_2": '{"name":"Zoë \\u0000 \\"x\\""}'.encode()}
    names = ['a "quoted" \\ name', "a\tb\nc\u2028d", "Zoë 🚀 \ufffd"]
    async with database.begin() as session:
        rows = zip(bodies.items(), names, strict=True)
        await add_all(
            session,
            [BodyRow(event_id=of, workspace="ws_1", event=name, body=body, created_at=AT) for (of, body), name in rows],
        )
        given = write_texts([*bodies, "evt_none"], postgresql=is_postgresql(session))
        found = await asked(select(BODY.c.event_id, BODY.c.event, BODY.c.body, BODY.c.created_at)).rows(
            session, expected, ids=given
        )
    assert sorted(map(tuple, found)) == [
        (of, name, body, AT) for (of, body), name in zip(bodies.items(), names, strict=True)
    ]


async def test_what_is_not_there_is_none_and_large_numbers_are_whole(database: Database) -> None:
    async with database.begin() as session:
        await add(
            session,
            JobRow(id="wrk_1", key="k", kind="call", workspace="ws_1", payload="{}", due_ms=2**53 + 1, created_ms=0),
        )
        given = write_texts(["wrk_1"], postgresql=is_postgresql(session))
        found = await asked(select(WORK.c.id, WORK.c.lane, WORK.c.due_ms, WORK.c.finished_ms)).rows(
            session, 1, ids=given
        )
    assert list(map(tuple, found)) == [("wrk_1", None, 2**53 + 1, None)]


async def test_a_claim_of_hundreds_takes_a_handful_of_rows_on_sqlite(
    database: Database,
) -> None:
    """A thread that runs SQLite asks for Python's lock at every row."""
    await deliveries(database, events=150)
    async with database.begin() as session:
        stepped = counted(find_sqlite(session))
        claimed = await jobs.claim(session, owner="w", kinds=["call"], lease_s=60, limit=300, per_lane=300)
        found = await store.webhooks.deliveries.due(session, [one.payload["delivery"] for one in claimed])
        assert len(claimed) == len({one.id for one in found}) == 300
        assert {one.event_id: one.body for one in found} == {f"evt_{n}": b"%d" % n for n in range(150)}
        if not is_postgresql(session):
            assert len(stepped) <= 5, stepped


def counted(connection: Any) -> list[object]:
    """Rows that SQLite answers from now on."""
    made: list[object] = []

    def told(_cursor: sqlite3.Cursor, row: tuple[object, ...]) -> tuple[object, ...]:
        made.append(row)
        return row

    if connection is not None:
        connection.plain.row_factory = told
    return made


async def deliveries(database: Database, events: int) -> None:
    """Two of each event, with the work to deliver them."""
    endpoints = ("ep_1", "ep_2")
    async with database.begin() as session:
        await add(session, WorkspaceRow(id="ws_1", name="One", created_at=AT))
        for endpoint in endpoints:
            await add(
                session,
                EndpointRow(
                    id=endpoint,
                    workspace="ws_1",
                    url="https://x.test",
                    patterns="*",
                    created_by="m",
                    created_at=AT,
                    changed_at=AT,
                ),
            )
        for n in range(events):
            body = BodyRow(event_id=f"evt_{n}", workspace="ws_1", event="e", body=b"%d" % n, created_at=AT)
            await store.webhooks.deliveries.put_body(session, body)
        made = [
            DeliveryRow(
                id=f"dlv_{n}_{to}", workspace="ws_1", event_id=f"evt_{n}", endpoint=to, event="e", created_at=AT
            )
            for n in range(events)
            for to in endpoints
        ]
        await store.webhooks.deliveries.put_many(session, made)
        await enqueue.enqueue_many(
            session, [NewJob(row.id, "call", "ws_1", {"delivery": row.id}, lane=row.endpoint) for row in made]
        )
