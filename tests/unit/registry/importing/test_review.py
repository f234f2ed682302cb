"""Reviews of drafts: what was decided is in the contract, and what was left open stays as it was drafted."""

from __future__ import annotations

from typing import Any

from registry.importing.decisions import OperationDecision
from registry.importing.review import decide_draft

DRAFT: dict[str, Any] = {
    "schema": "opsiq/contract/v2",
    "name": "orders.close",
    "version": 1,
    "title": "Close an order",
    "roles": [],
    "risk": "write",
    "confirmation": {"policy": "always"},
    "preview": "Close order {{ params.order_id }}",
    "parameters": {"properties": {"order_id": {"type": "integer"}}, "required": ["order_id"]},
    "endpoint": {"type": "http", "connection": "shop", "method": "POST", "url": "/orders/{order_id}/close"},
}


def test_what_is_left_open_stays_as_it_was_drafted() -> None:
    made = decide_draft(DRAFT, OperationDecision(), connection="shop")
    assert made == DRAFT
    assert made is not DRAFT
    assert made["endpoint"] is not DRAFT["endpoint"]


def test_what_was_decided_is_in_the_contract() -> None:
    decision = OperationDecision.model_validate(
        {
            "title": "Finish an order",
            "roles": ["support"],
            "risk": "irreversible",
            "confirmation": "once_per_session",
            "examples": ["finish order 7"],
            "parameters": {"order_id": {"record": "order"}, "unknown": {"record": "order"}},
        }
    )
    made = decide_draft(DRAFT, decision, connection="berlin", version=3)
    assert (made["title"], made["version"], made["roles"]) == ("Finish an order", 3, ["support"])
    assert (made["risk"], made["confirmation"]) == ("irreversible", {"policy": "once_per_session"})
    assert (made["examples"], made["endpoint"]["connection"]) == (["finish order 7"], "berlin")
    assert made["annotations"] == {"order_id": {"record": "order"}}
    assert "preview" not in made, "a card tells a record by its label"
