"""Columns of AI History: one table of what the API, the console and both exports show of an entry.

A new column is a line of ``COLUMNS`` and, if JSON has it, a field of the API's ``EntryView`` (``web.api.history``; a
test compares the two). Its value is stored in the entry's ``data`` (``agent.history.recorder``), because the database's
own columns are sealed (``store.history.entries``).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from core.actor import Mode
from store.history.log import HistoryRow


@dataclass(frozen=True, slots=True)
class Column:
    """Column of AI History. ``read`` gets its value from an entry. ``label`` names it on the console's page of an
    entry; a column without a label is not shown there. JSON (the API and its export) nests what CSV has side by side,
    so a few columns are in only one of the two."""

    name: str
    read: Callable[[HistoryRow], Any]
    label: str = ""
    in_json: bool = True
    in_csv: bool = True


def read_mode(row: HistoryRow) -> Mode:
    """Mode of an entry: whether a test key asked for it or did it. It has no column of its own; it is read from what
    the hash chain covers."""
    for told in (row.data, row.actor):
        if '"test"' in told and json.loads(told).get("mode") == "test":
            return "test"
    return "live"


def read_thread(row: HistoryRow) -> str | None:
    """Thread of the entry's run, named by its first request. None for an entry without a run, or from before there were
    threads."""
    return json.loads(row.data).get("thread_id") if row.run_id and '"thread_id"' in row.data else None


def read_sources(row: HistoryRow) -> str:
    """Evidence of each value of the entry's plan, by slot: ``0.amount=read``. Empty for an entry without a plan."""
    if '"evidence"' not in row.data:
        return ""
    plan = json.loads(row.data).get("plan")
    calls = plan.get("calls", ()) if isinstance(plan, dict) else ()
    return " ".join(
        f"{at}.{param}={evidence}"
        for at, call in enumerate(calls)
        for param, evidence in call.get("evidence", {}).items()
    )


def _read_actor(name: str) -> Callable[[HistoryRow], Any]:
    return lambda row: json.loads(row.actor).get(name, "")


COLUMNS: Final = (
    Column("seq", lambda row: row.seq),
    Column("id", lambda row: row.id, in_csv=False),
    Column("at", lambda row: row.at.isoformat()),
    Column("kind", lambda row: row.kind),
    Column("run_id", lambda row: row.run_id),
    Column("request_id", lambda row: row.request_id, "Request id"),
    Column("actor", lambda row: json.loads(row.actor), in_csv=False),
    Column("actor_id", _read_actor("id"), in_json=False),
    Column("actor_name", _read_actor("name"), in_json=False),
    Column("actor_role", _read_actor("role"), in_json=False),
    Column("contract", lambda row: row.contract, "Contract"),
    Column("outcome", lambda row: row.outcome, "Outcome"),
    Column("risk", lambda row: row.risk, "Risk"),
    Column("model", lambda row: row.model, "Resolver"),
    Column("prompt_version", lambda row: row.prompt_version, "Prompt version"),
    Column("duration_ms", lambda row: row.duration_ms, "Took"),
    Column("mode", read_mode, "Mode"),
    Column("thread_id", read_thread, "Conversation"),
    Column("source", read_sources, in_json=False),
    Column("data", lambda row: json.loads(row.data), in_csv=False),
    Column("data", lambda row: row.data, in_json=False),
    Column("prev", lambda row: row.prev),
    Column("digest", lambda row: row.digest),
)
IN_JSON: Final = tuple(each for each in COLUMNS if each.in_json)
IN_CSV: Final = tuple(each for each in COLUMNS if each.in_csv)

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def make_safe_cell(value: object) -> object:
    """Protects a cell against CSV injection (OWASP): text that a spreadsheet would run as a formula gets a leading
    apostrophe."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


async def export_csv(rows: AsyncIterator[HistoryRow]) -> AsyncIterator[str]:
    """The export as CSV, in pieces: a header line, then one line an entry. Memory doesn't grow with the number of
    rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([each.name for each in IN_CSV])
    held = 0
    async for row in rows:
        cells = [each.read(row) for each in IN_CSV]
        writer.writerow(["" if cell is None else make_safe_cell(cell) for cell in cells])
        held += 1
        if held == 200:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
            held = 0
    yield buffer.getvalue()


async def export_json(rows: AsyncIterator[HistoryRow]) -> AsyncIterator[str]:
    """The export as JSON lines: one entry a line, as the API shows it. Memory doesn't grow with the number of rows."""
    held: list[str] = []
    async for row in rows:
        held.append(json.dumps(describe_entry(row), ensure_ascii=False, separators=(",", ":")))
        if len(held) == 200:
            yield "\n".join(held) + "\n"
            held.clear()
    if held:
        yield "\n".join(held) + "\n"


def describe_entry(row: HistoryRow) -> dict[str, Any]:
    """An entry as JSON, as the API shows it."""
    return {each.name: each.read(row) for each in IN_JSON}
