"""When work was handed to the broker again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("work", sa.Column("carried_ms", sa.BigInteger(), nullable=True))
