"""A delivery that succeeds changes nothing that an index holds, and an attempt costs no look at its delivery"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

ATTEMPTS = "id, delivery, n, by_hand, at, duration_ms, headers, status, error, detail, response, cut"


def upgrade() -> None:
    op.add_column("webhook_deliveries", sa.Column("failed", sa.Boolean(), nullable=True))
    op.execute("UPDATE webhook_deliveries SET failed = true WHERE state = 'failed'")
    op.drop_index("ix_webhook_deliveries_endpoint", "webhook_deliveries")
    op.create_index("ix_webhook_deliveries_endpoint", "webhook_deliveries", ["endpoint", "id"])
    there = sa.text("failed IS NOT NULL")
    op.create_index(
        "ix_webhook_deliveries_failed",
        "webhook_deliveries",
        ["endpoint", "id"],
        sqlite_where=there,
        postgresql_where=there,
    )
    op.drop_index("ix_webhook_attempts_delivery", "webhook_attempts")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint("fk_webhook_attempts_delivery", "webhook_attempts", type_="foreignkey")
        op.drop_constraint("pk_webhook_attempts", "webhook_attempts", type_="primary")
        op.create_primary_key("pk_webhook_attempts", "webhook_attempts", ["delivery", "id"])
        # Room on the page for what a row, or its place in an index, becomes by the next change; it counts for pages
        # written from now on.
        op.execute("ALTER TABLE webhook_deliveries SET (fillfactor = 50)")
        op.execute("ALTER INDEX pk_work SET (fillfactor = 45)")
        op.execute("ALTER INDEX uq_work_key SET (fillfactor = 45)")
        return
    op.rename_table("webhook_attempts", "webhook_attempts_before")
    op.create_table(
        "webhook_attempts",
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("headers", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("response", sa.LargeBinary(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("delivery", "id", name="pk_webhook_attempts"),
    )
    op.execute(f"INSERT INTO webhook_attempts ({ATTEMPTS}) SELECT {ATTEMPTS} FROM webhook_attempts_before")  # noqa: S608 - names of ours
    op.drop_table("webhook_attempts_before")
