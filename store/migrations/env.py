"""Alembic environment: runs on the connection and in the transaction that ``store.migrate`` passes."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from store.all_tables import METADATA
from store.dialect import UtcTime


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Renders plain column types, so that a step never refers to this version's classes."""
    if kind == "type" and isinstance(item, UtcTime):
        return "TIME"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_item=render_item,
    transactional_ddl=True,
    compare_type=True,
    on_version_apply=context.config.attributes.get("on_version_apply"),
)
with context.begin_transaction():
    context.run_migrations()
