"""AI History is searched by an index of its words, and its filters can be kept"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

revision = "0015"
down_revision = "0014"

NOT_ALLOWED = "42501"  # SQLSTATE insufficient_privilege

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
        if schema := _groups_of_letters():
            op.execute(f"CREATE INDEX ix_history_words ON history USING gin (words {schema}.gin_trgm_ops)")
        return
    op.execute("CREATE VIRTUAL TABLE history_words USING fts5(words, content='', tokenize='trigram', detail=none)")
    op.execute(
        "CREATE TRIGGER history_words_added AFTER INSERT ON history BEGIN "
        "INSERT INTO history_words(rowid, words) VALUES (new.rowid, new.words); END"
    )
    op.execute("INSERT INTO history_words(rowid, words) SELECT rowid, words FROM history")


def _groups_of_letters() -> str:
    """The schema of pg_trgm, which is part of PostgreSQL's contrib, and trusted. Empty where it is not installed or
    this role may not add it: search then reads the entries, and ``opsiq doctor`` says how to add the index later.
    """
    connection = op.get_bind()
    there = sa.text("SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'")
    if not connection.execute(there).scalar_one():
        return ""
    try:
        with connection.begin_nested():
            op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != NOT_ALLOWED:
            raise
        return ""
    where = "SELECT quote_ident(nspname) FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'pg_trgm'"  # noqa: E501
    return str(connection.execute(sa.text(where)).scalar_one())
