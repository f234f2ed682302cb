"""Database of the demo platform: one SQLite file, one connection. Money is integer minor units, times are RFC 3339 in
UTC."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from demo import changes

SCHEMA: Final = """
CREATE TABLE customers (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, company TEXT NOT NULL, email TEXT NOT NULL, country TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'suspended')), currency TEXT NOT NULL,
    credit_balance INTEGER NOT NULL DEFAULT 0 CHECK (credit_balance >= 0), signed_up_at TEXT NOT NULL,
    password_hash TEXT NOT NULL, card_fingerprint TEXT NOT NULL, notes_internal TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, customer_id INTEGER NOT NULL REFERENCES customers,
    status TEXT NOT NULL CHECK (status IN ('open', 'overdue', 'paid', 'refunded', 'void')), status_at TEXT NOT NULL,
    total INTEGER NOT NULL CHECK (total > 0),
    refunded INTEGER NOT NULL DEFAULT 0 CHECK (refunded >= 0 AND refunded <= total),
    currency TEXT NOT NULL, description TEXT NOT NULL, issued_at TEXT NOT NULL, due_at TEXT NOT NULL, paid_at TEXT,
    notes_internal TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers,
    plan TEXT NOT NULL CHECK (plan IN ('starter', 'pro', 'business')),
    status TEXT NOT NULL CHECK (status IN ('trialing', 'active', 'past_due', 'cancelling', 'cancelled')),
    price INTEGER NOT NULL, currency TEXT NOT NULL, interval TEXT NOT NULL CHECK (interval IN ('month', 'year')),
    started_at TEXT NOT NULL, trial_ends_at TEXT, renews_at TEXT, cancelled_at TEXT
) STRICT;
CREATE TABLE agents (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL,
    team TEXT NOT NULL CHECK (team IN ('support', 'billing', 'technical')),
    available INTEGER NOT NULL CHECK (available IN (0, 1)), joined_at TEXT NOT NULL, password_hash TEXT NOT NULL
) STRICT;
CREATE TABLE tickets (
    id INTEGER PRIMARY KEY, subject TEXT NOT NULL, body TEXT NOT NULL, customer_id INTEGER NOT NULL REFERENCES customers,
    agent_id INTEGER REFERENCES agents, status TEXT NOT NULL CHECK (status IN ('open', 'pending', 'closed')),
    priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'chat', 'phone')), opened_at TEXT NOT NULL, closed_at TEXT,
    notes_internal TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE articles (
    slug TEXT PRIMARY KEY, title TEXT NOT NULL, section TEXT NOT NULL, language TEXT NOT NULL, updated_at TEXT NOT NULL
) STRICT;
CREATE TABLE credits (
    id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers, amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, note TEXT NOT NULL, status TEXT NOT NULL CHECK (status IN ('applied', 'voided')),
    applied_at TEXT NOT NULL
) STRICT;
CREATE TABLE refunds (
    id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL REFERENCES invoices, amount INTEGER NOT NULL CHECK (amount > 0),
    currency TEXT NOT NULL, reason TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
CREATE TABLE mails (
    id INTEGER PRIMARY KEY, ticket_id INTEGER REFERENCES tickets, recipient TEXT NOT NULL, text TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;
CREATE TABLE calls (
    webhook_id TEXT PRIMARY KEY, action TEXT NOT NULL, body_digest TEXT NOT NULL, actor TEXT NOT NULL, run_id TEXT NOT NULL,
    params TEXT NOT NULL, status INTEGER NOT NULL, answer TEXT NOT NULL, effect TEXT NOT NULL, received_at TEXT NOT NULL,
    times_received INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE TABLE rejected (
    id INTEGER PRIMARY KEY, action TEXT NOT NULL, why TEXT NOT NULL, at TEXT NOT NULL
) STRICT;
"""  # noqa: E501

REJECTED_KEPT: Final = 200


def connect(path: Path) -> tuple[sqlite3.Connection, bool]:
    """The open database and whether its tables have just been made (then it wants its first data)."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "busy_timeout = 5000"):
        connection.execute(f"PRAGMA {pragma}")
    known = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'calls'").fetchone()[0]
    if known:
        changes.install(connection)
    return connection, not known


@contextmanager
def open_transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Runs the block in one transaction, all or nothing. IMMEDIATE, so that a second process waits instead of failing
    half-way."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
