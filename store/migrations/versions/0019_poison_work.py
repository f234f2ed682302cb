"""Work counts the claims that were lost in a row, a rule the conditions that were stopped: what takes processes down is
parked"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("work", sa.Column("lost", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("work", sa.Column("alone", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("rules", sa.Column("overruns", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("rules", sa.Column("parked", sa.String(), nullable=False, server_default=""))
