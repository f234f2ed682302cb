"""Change tracking: every row has a revision that each change increments, and the listener is sent every change.

Triggers keep both, so that nothing changes unseen, whichever door it came through. What a row shows of another row (a
customer's name on an invoice) changes that row's revision too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

_KEYS: Final[Mapping[str, str]] = {
    "customers": "id", "invoices": "id", "subscriptions": "id", "tickets": "id", "articles": "slug", "agents": "id",
    "credits": "id",
}  # fmt: skip
_WITH_STATUS: Final = frozenset({"customers", "invoices", "subscriptions", "tickets", "credits"})
_SHOWN_ON: Final = (
    ("customers", "customer_id", ("invoices", "subscriptions", "tickets", "credits")),
    ("agents", "agent_id", ("tickets",)),
)
"""Whose name stands on which rows, by which column of theirs."""

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS revisions (
    collection TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, PRIMARY KEY (collection, key)
) STRICT;
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL DEFAULT ('msg_' || lower(hex(randomblob(12)))),
    collection TEXT NOT NULL, key TEXT NOT NULL, verb TEXT NOT NULL, was TEXT, status TEXT, revision INTEGER NOT NULL, cause TEXT,
    at TEXT NOT NULL, body TEXT, attempts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS present (
    one INTEGER PRIMARY KEY CHECK (one = 1), counter INTEGER NOT NULL DEFAULT 0, cause TEXT, url TEXT, secret TEXT
) STRICT;
INSERT OR IGNORE INTO present (one) VALUES (1);
"""  # noqa: E501
_STEP: Final = """
    UPDATE present SET counter = counter + 1;
    INSERT INTO revisions VALUES ('{table}', {row}.{key}, (SELECT counter FROM present))
        ON CONFLICT (collection, key) DO UPDATE SET revision = excluded.revision;
    INSERT INTO changes (collection, key, verb, was, status, revision, cause, at)
        SELECT '{table}', {row}.{key}, '{verb}', {was}, {status}, counter, cause, strftime('%Y-%m-%dT%H:%M:%fZ', 'now')
        FROM present WHERE url IS NOT NULL;"""
_RENAMED: Final = """
CREATE TRIGGER IF NOT EXISTS {owners}_renamed_on_{table} AFTER UPDATE OF name ON {owners} WHEN NEW.name IS NOT OLD.name BEGIN
    UPDATE {table} SET {via} = {via} WHERE {via} = NEW.id;
END;"""  # noqa: E501


def install(connection: sqlite3.Connection) -> None:
    """Creates the tables and triggers, unless they are there."""
    statements = [_TABLES]
    for table, key in _KEYS.items():
        for event, verb, row in (
            ("INSERT", "created", "NEW"),
            ("UPDATE", "updated", "NEW"),
            ("DELETE", "deleted", "OLD"),
        ):
            status = f"{row}.status" if table in _WITH_STATUS else "NULL"
            was = "OLD.status" if table in _WITH_STATUS and event == "UPDATE" else "NULL"
            step = _STEP.format(table=table, key=key, row=row, verb=verb, status=status, was=was)
            statements.append(f"CREATE TRIGGER IF NOT EXISTS {table}_{verb} AFTER {event} ON {table} BEGIN{step}\nEND;")
    statements += [
        _RENAMED.format(owners=owners, table=table, via=via) for owners, via, tables in _SHOWN_ON for table in tables
    ]
    connection.executescript("\n".join(statements))


def list_revisions(connection: sqlite3.Connection, collection: str) -> dict[str, int]:
    """Key → revision; a row that has none stands at 0."""
    found = connection.execute("SELECT key, revision FROM revisions WHERE collection = ?", (collection,))
    return {row["key"]: row["revision"] for row in found}


@contextmanager
def mark_cause(connection: sqlite3.Connection, call_id: str) -> Iterator[None]:
    """Marks the changes within the block, in the caller's transaction, as caused by this call."""
    connection.execute("UPDATE present SET cause = ?", (call_id,))
    try:
        yield
    finally:
        connection.execute("UPDATE present SET cause = NULL")


def listen(connection: sqlite3.Connection, url: str | None, secret: str | None) -> None:
    """Sets the listener: ``url`` gets every change from now on, signed with ``secret``; None: nobody does."""
    connection.execute("UPDATE present SET url = ?, secret = ?", (url, secret))


def find_listener(connection: sqlite3.Connection) -> tuple[str, str] | None:
    row = connection.execute("SELECT url, secret FROM present").fetchone()
    return (row["url"], row["secret"]) if row["url"] else None
