"""Contracts say why they are suspended"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    # What is there, and what an old process writes meanwhile, is not suspended.
    op.add_column("contracts", sa.Column("reason", sa.String(), nullable=True))
