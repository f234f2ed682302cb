"""Old events are found by their age"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_events_fired", "events", ["fired_at"])
