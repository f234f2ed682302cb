"""Reports of eval runs are kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "eval_reports",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("resolver", sa.String(), nullable=False),
        sa.Column("prompt_version", sa.String(), nullable=True),
        sa.Column("cases_digest", sa.String(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("all_right", sa.Float(), nullable=True),
        sa.Column("low", sa.Float(), nullable=True),
        sa.Column("high", sa.Float(), nullable=True),
        sa.Column("wrong_acts", sa.Integer(), nullable=False),
        sa.Column("unsafe_acts", sa.Integer(), nullable=False),
        sa.Column("p95_ms", sa.Float(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.String(), nullable=True),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("kept_at", TIME, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_eval_reports_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_eval_reports"),
        sa.UniqueConstraint("workspace", "sha256", name="uq_eval_reports_workspace_sha256"),
    )
    op.create_index("ix_eval_reports_workspace_made", "eval_reports", ["workspace", "made_at", "id"])
    op.create_table(
        "eval_figures",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("outline", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["eval_reports.id"], name="fk_eval_figures_report"),
        sa.PrimaryKeyConstraint("report", name="pk_eval_figures"),
    )
    op.create_table(
        "eval_answers",
        sa.Column("report", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("right", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report"], ["eval_reports.id"], name="fk_eval_answers_report"),
        sa.PrimaryKeyConstraint("report", "place", name="pk_eval_answers"),
    )
    op.create_index("ix_eval_answers_case", "eval_answers", ["report", "case_id"])
    op.create_index("ix_eval_answers_cause", "eval_answers", ["report", "cause", "place"])
