"""Counts lie in the order in which charts read them, and the history's order by time needs no look at its entries"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("CREATE TABLE history_days_before AS SELECT * FROM history_days")
    op.drop_table("history_days")
    op.create_table(
        "history_days",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "measure", "name", "slot", "day", name="pk_history_days"),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO history_days (workspace, measure, name, slot, day, n, total) "
        "SELECT workspace, measure, name, slot, day, n, total FROM history_days_before"
    )
    op.execute("DROP TABLE history_days_before")
    op.drop_index("ix_history_workspace_at", "history")
    op.create_index("ix_history_workspace_at", "history", ["workspace", "at", "seq"])
