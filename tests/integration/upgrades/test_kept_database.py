"""An installation of an older version, kept as a file: the migrations run on it, and what it held reads as before.

``opsiq-0023.db.xz`` is a SQLite database that a server at schema 0023 wrote: runs in several states with a sent call,
history, events, an automation of each kind, webhook deliveries, cached records. ``opsiq-0023.json.xz`` holds its data
key, the key of an API caller and what that server answered. Both are of a demo and open nothing. A change that moves
data keeps a new pair beside these; it never edits them."""

from __future__ import annotations

import json
import lzma
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from store.database import Database
from store.history import verification
from store.migrate import missing_revisions, upgrade
from tests.integration.web.api.shop import Key, Shop, open_shop

HERE = Path(__file__).parent
WRITTEN = datetime(2026, 11, 27, 4, tzinfo=UTC)

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def kept() -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(lzma.decompress((HERE / "opsiq-0023.json.xz").read_bytes()))
    return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "opsiq.db").write_bytes(lzma.decompress((HERE / "opsiq-0023.db.xz").read_bytes()))
    return tmp_path


@pytest.fixture
async def shop(folder: Path, kept: dict[str, Any]) -> AsyncIterator[Shop]:
    async with open_shop(folder, None, at=WRITTEN, OPSIQ_DATA_KEY=kept["data_key"]) as opened:
        opened.keys["terminal"] = Key("terminal", kept["key"], kept["secret"])
        yield opened


def rows_of(file: Path) -> Rows:
    """Every row of every table but those of the search index, which are checked by searching."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        named = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        tables = {each["name"] for each in named} - {"alembic_version"}
        return {
            each: [dict(row) for row in connection.execute(f'SELECT * FROM "{each}"')]
            for each in sorted(tables)
            if not each.startswith("history_words")
        }


def cells(rows: list[dict[str, Any]], columns: list[str]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row[each] for each in columns) for row in rows)


def lost(before: Any, after: Any, at: str = "") -> Iterator[str]:
    """The places at which ``after`` no longer says what ``before`` said. More may be said."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name, value in before.items():
            yield from lost(value, after.get(name, "(nothing)"), f"{at}/{name}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, value in enumerate(before):
            yield from lost(value, after[number], f"{at}/{number}")
    elif before != after:
        yield f"{at}: {before!r} became {after!r}"


async def test_the_migrations_run_and_lose_no_cell(folder: Path) -> None:
    before = rows_of(folder / "opsiq.db")
    assert {"runs", "history", "events", "webhook_deliveries", "rules", "records"} <= {
        each for each, rows in before.items() if rows
    }
    url = f"sqlite+aiosqlite:///{folder / 'opsiq.db'}"
    await upgrade(url)
    database = await Database.open(url)
    assert await missing_revisions(database) == []
    await database.close()
    after = rows_of(folder / "opsiq.db")
    for table, rows in before.items():
        columns = list(rows[0]) if rows else []
        assert cells(after[table], columns) == cells(rows, columns), table


async def test_the_history_of_before_is_an_unbroken_chain(shop: Shop, kept: dict[str, Any]) -> None:
    async with shop.container.database.read() as session:
        verdict = await verification.verify(session, kept["workspace"])
    assert (verdict.first_break, verdict.count) == (None, 57)


async def test_every_run_event_and_delivery_is_answered_as_before(shop: Shop, kept: dict[str, Any]) -> None:
    assert len(kept["answers"]) == 15
    changed = []
    for path, before in kept["answers"].items():
        answer = await shop.call("GET", path, by="terminal")
        assert answer.status_code == 200, (path, answer.text)
        changed += [f"{path}{each}" for each in lost(before, answer.json())]
    assert changed == []


async def test_a_search_finds_entries_written_before(shop: Shop) -> None:
    answer = await shop.call("GET", "/v1/history", by="terminal", query="q=hugo%20bernard&kind=prompt")
    assert len(answer.json()["data"]) == 3, answer.text
