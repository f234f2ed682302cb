"""A connection says whose connector it is, and what that asks for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    # What is there, and what an old process writes meanwhile, is the one connection of the connector of its name.
    op.add_column("connectors", sa.Column("connector", sa.String(), nullable=True))
    op.add_column("connectors", sa.Column("options", sa.String(), nullable=True))
