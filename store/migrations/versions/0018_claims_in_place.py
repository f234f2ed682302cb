"""A claim changes nothing that an index holds: work keeps its turn, and only what takes room of its lane is counted
there"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    # What an old process puts meanwhile has the first turn; it still comes when it is due.
    op.add_column("work", sa.Column("turn_ms", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("work", sa.Column("counted_in", sa.String(), nullable=True))
    # Of what is claimed ``due_ms`` is the end of its lease; an old process that gives it back makes it due before that.
    op.execute(
        "UPDATE work SET turn_ms = CASE WHEN state = 'claimed' THEN created_ms ELSE due_ms END WHERE finished_ms "
        "IS NULL"
    )
    op.execute("UPDATE work SET counted_in = lane WHERE finished_ms IS NULL AND state = 'claimed'")
    op.drop_index("ix_work_open", "work")
    op.drop_index("ix_work_claimed", "work")
    unfinished = sa.text("finished_ms IS NULL")
    op.create_index(
        "ix_work_open",
        "work",
        ["priority", "turn_ms", "id", "lane", "kind"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    counted = sa.text("counted_in IS NOT NULL AND finished_ms IS NULL")
    op.create_index("ix_work_counted", "work", ["counted_in"], sqlite_where=counted, postgresql_where=counted)
    if op.get_bind().dialect.name == "postgresql":
        # Room on the page for the row that a claim makes; it counts for pages written from now on.
        op.execute("ALTER TABLE work SET (fillfactor = 50)")
        op.execute("ALTER INDEX pk_work RESET (fillfactor)")
        op.execute("ALTER INDEX uq_work_key RESET (fillfactor)")
