"""Runs know the thread they are part of"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0023"


def upgrade() -> None:
    # What is there, and what an old process writes meanwhile, is the first run of a thread of its own.
    op.add_column("runs", sa.Column("thread_id", sa.String(), nullable=True))
    op.create_index("ix_runs_workspace_thread", "runs", ["workspace", "thread_id", "created_at"])
