"""Messages that platforms sent to their connectors"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "inbound_messages",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connector", "message", name="pk_inbound_messages"),
    )
    op.create_index("ix_inbound_messages_at", "inbound_messages", ["at"])
