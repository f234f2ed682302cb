"""Read API collections: for each table a query with its joins, the columns that may be filtered, and the columns that
``q`` searches.

The rows deliberately carry more than anyone should see (password hashes, card fingerprints, internal notes), as real
platforms' do: what comes out of OpsIQ is the connector's decision, and the tests hold it to that.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from demo import changes
from demo.problem import Refused
from demo.search import By, rank

MAX_LIMIT: Final = 50
MAX_QUERY_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class Collection:
    """One collection. ``searched`` maps a column to the way words find a row by it. ``secret`` columns come out, but
    can't be asked for."""

    table: str
    select: str
    searched: Mapping[str, By]
    key: str = "id"
    secret: frozenset[str] = frozenset()
    booleans: frozenset[str] = frozenset()


_WITH_CUSTOMER: Final = (
    "SELECT t.*, c.name AS customer_name{more} FROM {table} t JOIN customers c ON c.id = t.customer_id{join}"
)

COLLECTIONS: Final[Mapping[str, Collection]] = {
    "customers": Collection(
        "customers",
        "SELECT * FROM customers",
        {"id": "number", "name": "name", "company": "name", "email": "email"},
        secret=frozenset({"password_hash", "card_fingerprint", "notes_internal"}),
    ),
    "invoices": Collection(
        "invoices",
        _WITH_CUSTOMER.format(table="invoices", more=", t.total - t.refunded AS refundable", join=""),
        {"number": "number", "description": "text"},
        secret=frozenset({"notes_internal"}),
    ),
    "subscriptions": Collection(
        "subscriptions",
        _WITH_CUSTOMER.format(table="subscriptions", more="", join=""),
        {"id": "number", "plan": "text"},
    ),
    "tickets": Collection(
        "tickets",
        _WITH_CUSTOMER.format(
            table="tickets",
            more=", a.name AS agent_name, t.agent_id IS NOT NULL AS assigned",
            join=" LEFT JOIN agents a ON a.id = t.agent_id",
        ),
        {"id": "number", "subject": "text"},
        secret=frozenset({"notes_internal", "body"}),
        booleans=frozenset({"assigned"}),
    ),
    "articles": Collection("articles", "SELECT * FROM articles", {"slug": "number", "title": "name"}, key="slug"),
    "agents": Collection(
        "agents",
        "SELECT * FROM agents",
        {"id": "number", "name": "name", "email": "email"},
        secret=frozenset({"password_hash"}),
        booleans=frozenset({"available"}),
    ),
    "credits": Collection(
        "credits",
        _WITH_CUSTOMER.format(table="credits", more="", join=""),
        {"id": "number", "note": "text"},
    ),
}


def find_collection(name: str) -> Collection:
    try:
        return COLLECTIONS[name]
    except KeyError:
        raise Refused(404, "no_such_collection", f"There are {', '.join(COLLECTIONS)}.") from None


def read_one(connection: sqlite3.Connection, collection: Collection, key: str) -> dict[str, Any]:
    """Reads one row. Raises Refused 404."""
    for row in _rows(connection, collection):
        if str(row[collection.key]) == key:
            return row
    raise Refused(404, "not_found", f"There is no {collection.table[:-1]} {key[:40]!r}.")


def search_rows(
    connection: sqlite3.Connection, collection: Collection, params: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Searches rows: those that fit ``q`` (``by`` one way of searching), ``where`` (a JSON object of lists), in
    ``order`` (``-issued_at``), at most ``limit`` after the first ``offset``. ``after`` a key are those whose keys come
    later as text, in that order. With ``q`` the best match comes first and ``order`` only parts equals. Raises Refused
    400."""
    limit, offset = _limit(params.get("limit")), params.get("offset", "0")
    if not offset.isascii() or not offset.isdigit() or len(offset) > 9:
        raise Refused(400, "bad_offset", "offset is a number from 0.")
    return list_matching(connection, collection, params)[int(offset) : int(offset) + limit]


def list_matching(
    connection: sqlite3.Connection, collection: Collection, params: Mapping[str, str]
) -> list[dict[str, Any]]:
    """All matching rows, however many. Raises Refused 400."""
    rows = _rows(connection, collection)
    where = _where(params.get("where"))
    order = params.get("order", "")
    column = order.removeprefix("-")
    for name in (*where, *((column,) if column else ())):
        if name in collection.secret or (rows and name not in rows[0]):
            raise Refused(400, "no_such_column", f"{collection.table} can't be asked for {name[:40]!r}.")
    rows = [row for row in rows if all(_text(row[name]) in allowed for name, allowed in where.items())]
    rows.sort(key=lambda row: str(row[collection.key]))
    if column:
        present = [row for row in rows if row[column] is not None]
        present.sort(key=lambda row: row[column], reverse=order.startswith("-"))
        rows = present + [row for row in rows if row[column] is None]
    if "after" in params:
        rows = sorted(
            (row for row in rows if str(row[collection.key]) > params["after"]),
            key=lambda row: str(row[collection.key]),
        )
    text = params.get("q", "")[:MAX_QUERY_CHARS]
    if text.strip():
        by = params.get("by")
        searched = {name: way for name, way in collection.searched.items() if by is None or way == by}
        rows = rank(rows, text, searched)
    return rows


def _rows(connection: sqlite3.Connection, collection: Collection) -> list[dict[str, Any]]:
    rows = [dict(row) for row in connection.execute(collection.select)]
    revisions = changes.list_revisions(connection, collection.table)
    for row in rows:
        row.update({name: bool(row[name]) for name in collection.booleans})
        row["revision"] = revisions.get(str(row[collection.key]), 0)
    return rows


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) or value is None else str(value)


def _where(raw: str | None) -> dict[str, set[str]]:
    if not raw:
        return {}
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict) or not all(isinstance(each, list) for each in value.values()):
        raise Refused(400, "bad_where", 'where is a JSON object of lists, such as {"status": ["paid"]}.')
    return {name: {_text(each) for each in allowed} for name, allowed in value.items()}


def _limit(raw: str | None) -> int:
    if raw is None:
        return 20
    if not raw.isascii() or not raw.isdigit() or not 1 <= int(raw[:6]) <= MAX_LIMIT:
        raise Refused(400, "bad_limit", f"limit is a number from 1 to {MAX_LIMIT}.")
    return int(raw)
