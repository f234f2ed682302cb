"""Credentials of connections"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "credentials",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("connection", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("sealed_token", sa.String(), nullable=True),
        sa.Column("renewing_until", TIME, nullable=True),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("refused_at", TIME, nullable=True),
        sa.Column("mac", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workspace", "connection", name="pk_credentials"),
    )
