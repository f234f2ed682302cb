"""What indexes may hold."""

from __future__ import annotations

import re

from store.rows import table
from store.webhooks.deliveries import DeliveryRow

CHANGED = {"state", "tries", "attempts", "status", "error", "detail", "first_at", "next_at", "finished_at"}
"""By a delivery that succeeds."""


def test_no_index_of_deliveries_holds_or_asks_for_what_a_success_changes() -> None:
    deliveries = table(DeliveryRow)
    assert set(deliveries.columns.keys()) >= CHANGED
    for index in deliveries.indexes:
        asked = {str(index.dialect_options[name]["where"]) for name in ("postgresql", "sqlite")}
        held = set(index.columns.keys()) | set(re.findall(r"\w+", " ".join(asked)))
        assert not held & CHANGED, index.name
