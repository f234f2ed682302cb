"""Read-only pages: what the platform holds, and the ledger of the calls it received."""

from __future__ import annotations

import json
import sqlite3
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from starlette.responses import HTMLResponse

from demo import calls, money
from demo.reads import COLLECTIONS, list_matching

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}

COLUMNS: Final = {
    "customers": ("id", "name", "company", "email", "status", "credit_balance", "signed_up_at"),
    "invoices": ("number", "customer_name", "status", "total", "refunded", "description", "issued_at", "paid_at"),
    "subscriptions": ("id", "customer_name", "plan", "status", "price", "interval", "trial_ends_at", "renews_at"),
    "tickets": ("id", "subject", "customer_name", "status", "priority", "agent_name", "opened_at"),
}
_ORDER: Final = {"customers": "name", "invoices": "-issued_at", "subscriptions": "-started_at", "tickets": "-opened_at"}
PAGE_ROWS: Final = 500
_MONEY: Final = frozenset({"credit_balance", "total", "refunded", "price"})


@dataclass(frozen=True, slots=True)
class Table:
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    none: str = "Nothing here yet."


def show_collection(connection: sqlite3.Connection, name: str) -> HTMLResponse:
    return _page(name.title(), f"/{name}", (_of(connection, name, "", PAGE_ROWS),))


def show_overview(connection: sqlite3.Connection) -> HTMLResponse:
    received = _received(connection, 10)
    newest = (_of(connection, name, f"Newest {name}", 8) for name in ("invoices", "tickets"))
    return _page("Overview", "/", (received, *newest))


def show_ledger(connection: sqlite3.Connection) -> HTMLResponse:
    rejected = calls.list_ledger(connection)["rejected"]
    table = Table(
        "Not believed",
        ("When", "Action", "Why"),
        [(row["at"], row["action"], row["why"]) for row in rejected],
        "Every call that came was properly signed.",
    )
    return _page("Ledger", "/ledger", (_received(connection, 200), table))


def spell_hidden(value: str) -> str:
    """Spells out every character that would hide or reorder others: ``safe⟦U+202E⟧gpj.exe``."""
    return "".join(f"⟦U+{ord(char):04X}⟧" if unicodedata.category(char) in ("Cc", "Cf") else char for char in value)


def _received(connection: sqlite3.Connection, limit: int) -> Table:
    rows = [
        (
            call["received_at"],
            call["action"],
            str(call["actor"].get("name", "")),
            json.dumps(call["params"], ensure_ascii=False),
            str(call["status"]),
            call["effect"],
            str(call["times_received"]),
            call["webhook_id"],
        )
        for call in calls.list_ledger(connection, limit)["items"]
    ]
    columns = ("When", "Action", "Asked by", "Parameters", "Answer", "What was done", "Received", "webhook-id")
    return Table("Received calls", columns, rows, "No action call has been received yet.")


def _of(connection: sqlite3.Connection, name: str, title: str, limit: int) -> Table:
    rows = list_matching(connection, COLLECTIONS[name], {"order": _ORDER[name]})[:limit]
    columns = COLUMNS[name]
    return Table(
        title, [column.replace("_", " ") for column in columns], [[_cell(row, c) for c in columns] for row in rows]
    )


def _cell(row: dict[str, Any], column: str) -> str:
    value = row[column]
    if value is None:
        return ""
    if column in _MONEY:
        return money.format_money(value, row["currency"])
    return str(value)[:10] if column.endswith("_at") else str(value)


def _page(title: str, here: str, tables: Sequence[Table]) -> HTMLResponse:
    html = _templates().get_template("page.html").render(title=title, here=here, tables=tables)
    return HTMLResponse(html, headers=HEADERS)


@cache
def load_style() -> str:
    return _templates().get_template("style.css").render()


@cache
def _templates() -> Environment:
    environment = Environment(loader=PackageLoader("demo"), autoescape=True, trim_blocks=True)
    environment.filters["visible"] = spell_hidden
    return environment
