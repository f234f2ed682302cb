"""AI History is counted by day, and found by outcome, risk, model and prompt version"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa
from alembic import op

from store.history.stats import COUNTED, HistoryCount, find_day, list_counts, sum_counts

revision = "0012"
down_revision = "0011"

PIECE = 2000


def upgrade() -> None:
    days = op.create_table(
        "history_days",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "measure", "day", "name", "slot", name="pk_history_days"),
    )
    for column in ("outcome", "risk", "model", "prompt_version"):
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_history_workspace_{column}",
            "history",
            ["workspace", column, "seq"],
            sqlite_where=there,
            postgresql_where=there,
        )
    rows = sum_counts(_counted())
    if rows:
        op.bulk_insert(days, rows)


def _held(data: str | None) -> dict[str, object]:
    """An entry that somebody spoilt counts as one that holds nothing: the chain is where that shows."""
    try:
        value = json.loads(data) if data else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _counted() -> Iterator[tuple[str, str, HistoryCount]]:
    """What the history that is there counts as, a piece at a time.

    A piece begins where the last one ended by comparing rows: the same asked with OR is read from the workspace's first
    entry on for every piece, by both databases. What an entry holds is read where it says something.
    """
    columns = "workspace, seq, at, kind, person, outcome, risk, model, prompt_version, duration_ms"
    piece = sa.text(
        f"SELECT {columns}, CASE WHEN kind IN ('resolved', 'approved', 'confirmed') THEN data END AS data "  # noqa: S608
        f""
        f"FROM history WHERE (workspace, seq) > (:of, :after) AND kind IN :kinds ORDER BY workspace, seq LIMIT {PIECE}"
    ).bindparams(sa.bindparam("kinds", sorted(COUNTED), expanding=True))
    of, after = "", 0
    while rows := op.get_bind().execute(piece, {"of": of, "after": after}).mappings().all():
        for row in rows:
            day = find_day(row["at"]) if isinstance(row["at"], datetime) else str(row["at"])[:10]
            for each in list_counts(dict(row), _held(row["data"])):
                yield row["workspace"], day, each
        of, after = rows[-1]["workspace"], rows[-1]["seq"]
