"""Records kept beside a workspace"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "mirrors",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("cursor", sa.String(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("began_at", TIME, nullable=False),
        sa.Column("synced_at", TIME, nullable=True),
        sa.Column("heard_at", TIME, nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connector", "kind", name="pk_mirrors"),
    )
    op.create_table(
        "record_keys",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connector", "kind", "form", "term", "field", "id", name="pk_record_keys"),
    )
    op.create_index("ix_record_keys_id", "record_keys", ["workspace", "connector", "kind", "id"])
    op.create_table(
        "record_words",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("variant", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connector", "kind", "variant", "word", name="pk_record_words"),
    )
    op.create_table(
        "records",
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("connector", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("workspace", "connector", "kind", "id", name="pk_records"),
    )
    op.create_index("ix_records_seen", "records", ["workspace", "connector", "kind", "seen_at"])
