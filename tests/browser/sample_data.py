"""One of each thing that a page of the console can show, made through the API of a real server; hard ones where they
can be."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

from tests.acceptance.installation import Installation

LONG = "w" * 300
RULE = {
    "name": "High is urgent", "event": "ticket.created", "condition": "event.data.priority == 'high'",
    "action": "saas.set_ticket_priority", "mode": "shadow",
    "parameters": {"ticket_id": {"from": "/data/ticket_id"}, "priority": {"value": "urgent"}}, "note": LONG,
}  # fmt: skip
INSTRUCTION = {
    "name": "Close them",
    "event": "ticket.created",
    "text": "Close ticket {data.ticket_id}",
    "actions": ["saas.close_ticket"],
}


def things(world: Installation) -> dict[str, str]:
    """By the name of the path parameter that takes its id. ``member_id`` is found on the page (``members``)."""
    client = world.clients["olivia"]

    def made(path: str, body: Any) -> dict[str, Any]:
        answer: dict[str, Any] = client.post(path, body)
        return answer

    run = world.ask("olivia", "resend invoice INV-1042")
    endpoint = made(
        "/v1/webhooks/endpoints",
        {"url": f"{world.platform_url}/nowhere/{LONG}", "events": ["*"], "description": "A very long description " * 9},
    )
    rule, instruction = made("/v1/rules", RULE), made("/v1/instructions", INSTRUCTION)
    made("/v1/events/fire", {"event": "ticket.created", "data": {"ticket_id": 5522, "priority": "high"}})
    event = made("/v1/events/fire", {"event": "parcel.lost", "data": {"note": LONG}})
    delivery = made("/v1/webhooks/test", {"endpoint": endpoint["id"]})
    key = client.get("/v1/keys")["data"][0]
    until = time.monotonic() + 30
    while client.get(f"/v1/webhooks/deliveries/{delivery['id']}")["state"] == "pending" and time.monotonic() < until:
        time.sleep(0.2)
    return {
        "run_id": run["id"],
        "seq": "1",
        "key_id": key["id"],
        "endpoint_id": endpoint["id"],
        "delivery_id": delivery["id"],
        "event_id": event["id"],
        "event_type": "invoice.paid",
        "rule_id": rule["id"],
        "instruction_id": instruction["id"],
        "connector": "saas",
        "name": "saas.refund_invoice",
    }


def member_id(page: Page, name: str) -> str:
    href: str = page.locator("tbody th a", has_text=name).first.get_attribute("href") or ""
    return href.rsplit("/", 1)[1]
