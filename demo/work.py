"""Results of actions, and the rows they work on."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from demo.problem import Refused


@dataclass(frozen=True, slots=True)
class Done:
    """Result of an action: ``answer`` goes back to the caller, ``effect`` is the sentence in the ledger."""

    answer: Mapping[str, Any]
    effect: str


def read_row(connection: sqlite3.Connection, table: str, key: int | str, *, key_column: str = "id") -> sqlite3.Row:
    """Reads the row to work on. Raises Refused 404."""
    statement = f"SELECT * FROM {table} WHERE {key_column} = ?"  # noqa: S608 - our own table names
    found: sqlite3.Row | None = connection.execute(statement, (key,)).fetchone()
    if found is None:
        raise Refused(404, "not_found", f"There is no {table[:-1]} {str(key)[:60]!r}.")
    return found


def must_be(found: sqlite3.Row, allowed: Collection[str], what: str) -> None:
    """Checks a row's status. Raises Refused 409 unless the row's status is one of ``allowed``."""
    if found["status"] not in allowed:
        raise Refused(409, "wrong_state", f"{what} is {found['status']}; it must be {' or '.join(allowed)}.")


def put_mail(connection: sqlite3.Connection, recipient: str, text: str, at: str, ticket: int | None = None) -> int:
    """Puts a mail in the outbox and answers its number."""
    made = connection.execute(
        "INSERT INTO mails (ticket_id, recipient, text, at) VALUES (?, ?, ?, ?)", (ticket, recipient, text, at)
    )
    return made.lastrowid or 0
