"""Every signed route as the application has it, and one of each thing that a route can name: what generated tests go
by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from httpx import Response

from tests.integration.web.api.shop import Key, Shop
from web import openapi
from web.app import create_app
from web.auth import AuthRequirement

ABSENT: Final = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
Things = Mapping[str, str]
"""The name of a path parameter (with its collection, where several share one: ``contracts/name``) → the id of
olivia's."""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    requirement: AuthRequirement
    body: Any

    @property
    def params(self) -> list[str]:
        """``contracts/name`` for ``/v1/contracts/{name}/versions``."""
        return [f"{before}/{name}" for before, name in re.findall(r"([\w-]+)/\{(\w+)\}", self.path)]

    def at(self, things: Things) -> str:
        """The path with its parameters filled; what ``things`` has not is absent."""
        return re.sub(
            r"([\w-]+)/\{(\w+)\}", lambda found: f"{found[1]}/{things.get(f'{found[1]}/{found[2]}', ABSENT)}", self.path
        )

    async def call(self, shop: Shop, by: str | Key, things: Things, **more: Any) -> Response:
        return await shop.call(self.method, self.at(things), self.body, by=by, **more)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@cache
def read_document() -> dict[str, Any]:
    """The OpenAPI document, the same for every application that is made here: a second's work."""
    document: dict[str, Any] = create_app(None).openapi()  # type: ignore[arg-type]
    return document


def operations(shop: Shop) -> list[Operation]:
    document = read_document()
    made = []
    for route, method, requirement in openapi.list_signed_routes(shop.app):
        described = document["paths"][route.path_format][method.lower()]
        content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
        made.append(Operation(method, route.path_format, requirement, content.get("example")))
    assert len(made) > 50
    return made


RULE: Final = {
    "name": "r", "event": "ticket.created", "action": "saas.close_ticket", "mode": "shadow",
    "parameters": {"ticket_id": {"from": "/data/ticket_id"}},
}  # fmt: skip
INSTRUCTION: Final = {
    "name": "i",
    "event": "ticket.created",
    "text": "Close ticket {data.ticket_id}",
    "actions": ["saas.close_ticket"],
}
ENDPOINT: Final = {"url": "http://127.0.0.1:9/hooks", "events": ["invoice.*"]}


async def things(shop: Shop) -> dict[str, str]:
    """One of each thing that a path can name, all of them olivia's workspace's."""

    async def made(path: str, body: Any) -> str:
        answer = await shop.call("POST", path, body)
        assert answer.status_code < 300, answer.text
        return str(answer.json()["id"])

    run = await made("/v1/actions/run", {"action": "saas.close_ticket", "params": {"ticket_id": 5519}})
    endpoint = await made("/v1/webhooks/endpoints", ENDPOINT)
    given = {"credential": {"type": "bearer", "token": "not-read-by-anybody"}}
    assert (await shop.call("POST", "/v1/connectors/saas/credential", given)).status_code == 200
    return {
        "runs/run_id": run,
        "contracts/name": "saas.close_ticket",
        "connectors/name": "saas",
        "event-types/name": "invoice.paid",
        "keys/key_id": shop.keys["amir"].id,
        "customers/customer_id": "421",
        "history/seq": "1",
        "rules/rule_id": await made("/v1/rules", RULE),
        "instructions/instruction_id": await made("/v1/instructions", INSTRUCTION),
        "events/event_id": await made("/v1/events/fire", {"event": "parcel.weighed", "data": {}}),
        "endpoints/endpoint_id": endpoint,
        "deliveries/delivery_id": await made("/v1/webhooks/test", {"endpoint": endpoint}),
    }


async def snapshot(shop: Shop, there: Things) -> dict[str, Any]:
    """Everything that olivia can read but her history, which says who tried what, and when her key was last used."""
    seen: dict[str, Any] = {}
    for each in operations(shop):
        # The run here is no answered one, so there are no further records of it.
        if each.method == "GET" and "history" not in each.path and not each.path.endswith("/records"):
            answer = await each.call(shop, "olivia", there)
            assert answer.status_code == 200, (str(each), answer.text)
            text = re.sub(r'"last_used_at":("[^"]*"|null)', "", answer.text)
            seen[each.path] = text
    return seen
