"""What was confirmed once in a session counts for the role it was confirmed in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    # What is there was confirmed in a role nobody wrote down: it counts for none, and is asked once more. So does what
    # an old process writes meanwhile.
    with op.batch_alter_table("confirmations") as confirmations:
        confirmations.add_column(sa.Column("role", sa.String(), nullable=False, server_default=sa.text("''")))
        confirmations.drop_constraint("pk_confirmations", type_="primary")
        confirmations.create_primary_key(
            "pk_confirmations", ["workspace", "session_id", "person", "role", "contract_digest"]
        )
