"""Events, reactions, rules, instructions"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("data", sa.String(), nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("fired_at", TIME, nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_workspace_fired", "events", ["workspace", "fired_at", "id"])
    op.create_index("ix_events_workspace_name", "events", ["workspace", "name", "fired_at"])
    op.create_table(
        "instructions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("contracts", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("max_per_hour", sa.Integer(), nullable=False),
        sa.Column("unattended_by", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instructions"),
    )
    op.create_index("ix_instructions_workspace", "instructions", ["workspace", "created_at", "id"])
    op.create_table(
        "rules",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=False),
        sa.Column("contract", sa.String(), nullable=False),
        sa.Column("surface", sa.String(), nullable=False),
        sa.Column("parameters", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("max_per_hour", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rules"),
    )
    op.create_index("ix_rules_workspace", "rules", ["workspace", "created_at", "id"])
    op.create_table(
        "event_reactions",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("subscriber", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("blocking", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_event_reactions_event_id"),
        sa.PrimaryKeyConstraint("event_id", "subscriber", name="pk_event_reactions"),
    )
    op.create_index("ix_event_reactions_state", "event_reactions", ["workspace", "state"])
    op.create_table(
        "rule_firings",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=True),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name="fk_rule_firings_event_id"),
        sa.PrimaryKeyConstraint("source", "event_id", name="pk_rule_firings"),
    )
    op.create_index("ix_rule_firings_source_at", "rule_firings", ["workspace", "source", "at"])
    op.create_index("ix_rule_firings_run", "rule_firings", ["workspace", "run_id"])
