"""Rows that give rights or say what is sent carry a code that only who has the data key can make"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"

SEALED = (
    "members", "keys", "identities", "logins", "signing_keys", "contract_generations", "runs", "confirmations", "rules",
    "instructions", "connectors", "webhook_endpoints", "history_heads",
)  # fmt: skip


def upgrade() -> None:
    # The codes themselves are made at the first start after this (agent/history/sealing.py): a migration has no data
    # key.
    for name in SEALED:
        op.add_column(name, sa.Column("mac", sa.String(), nullable=True))
    op.add_column("history_heads", sa.Column("generation", sa.BigInteger(), nullable=False, server_default="0"))
    # A process of the version before, that runs on beside one that has sealed, would leave codes that don't fit, and
    # everything it touches would be refused from then on. Every change it makes comes with an entry of history, so that
    # is where it is stopped: its transactions are rolled back. (It is no defence: who writes to the database can take
    # it out.)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION history_heads_sealed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'this history is sealed: stop the processes of the older version'; END $$"
        )
        op.execute(
            "CREATE TRIGGER history_heads_sealed BEFORE UPDATE ON history_heads FOR EACH ROW WHEN (OLD.mac IS NOT "
            "NULL AND "
            "NEW.mac IS NOT DISTINCT FROM OLD.mac AND NEW.digest <> OLD.digest) EXECUTE FUNCTION history_heads_sealed()"
        )
    else:
        op.execute(
            "CREATE TRIGGER history_heads_sealed BEFORE UPDATE ON history_heads WHEN OLD.mac IS NOT NULL AND "
            "NEW.mac IS OLD.mac "
            "AND NEW.digest <> OLD.digest BEGIN SELECT RAISE(ABORT, "
            "'this history is sealed: stop the processes of the older version'); END"
        )
