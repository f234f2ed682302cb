"""AI History is searched by an index of its words, and its filters can be kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"

TIME = sa.String(27).with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "history_views",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["workspace"], ["workspaces.id"], name="fk_history_views_workspace"),
        sa.PrimaryKeyConstraint("id", name="pk_history_views"),
        sa.UniqueConstraint("workspace", "person", "name", name="uq_history_views_workspace_person_name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        # Part of PostgreSQL's contrib, and trusted. Where it is not installed, search reads the entries themselves.
        there = sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if op.get_bind().execute(there).scalar_one():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            op.execute("CREATE INDEX ix_history_words ON history USING gin (words gin_trgm_ops)")
        return
    op.execute("CREATE VIRTUAL TABLE history_words USING fts5(words, content='', tokenize='trigram', detail=none)")
    op.execute(
        "CREATE TRIGGER history_words_added AFTER INSERT ON history BEGIN "
        "INSERT INTO history_words(rowid, words) VALUES (new.rowid, new.words); END"
    )
    op.execute("INSERT INTO history_words(rowid, words) SELECT rowid, words FROM history")
