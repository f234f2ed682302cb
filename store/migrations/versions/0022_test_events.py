"""Events that a test key fired are marked: nobody reacts to them, then or when a span is replayed"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    # What an old process fires meanwhile acted for real, and is marked so.
    op.add_column("events", sa.Column("mode", sa.String(), nullable=False, server_default="live"))
