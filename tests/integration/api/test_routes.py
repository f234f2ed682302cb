"""What holds for every route under /v1, made from the routes themselves: a new one can't be forgotten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from httpx import Response

import store.contracts
from core.actor import OWNER
from tests.integration.api.shop import Key, Shop
from web import openapi
from web.door import SCOPES, Door

ABSENT = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    door: Door
    body: Any

    def at(self, ids: dict[str, str]) -> str:
        """The path with its parameters filled."""
        return re.sub(r"\{([^}]+)\}", lambda found: ids.get(found[1], ABSENT), self.path)

    async def call(self, shop: Shop, by: str | Key, ids: dict[str, str], **more: Any) -> Response:
        return await shop.call(self.method, self.at(ids), self.body, by=by, **more)


def operations(shop: Shop) -> list[Operation]:
    document = shop.app.openapi()
    made = []
    for route, method, door in openapi.signed_routes(shop.app):
        described = document["paths"][route.path_format][method.lower()]
        content = described.get("requestBody", {}).get("content", {}).get("application/json", {})
        made.append(Operation(method, route.path_format, door, content.get("example")))
    assert len(made) > 20
    return made


async def things(shop: Shop) -> dict[str, str]:
    """One of each thing that a path can name, all of them olivia's workspace's."""
    run = await shop.house.desk.ask(shop.actors["olivia"], "close ticket 5519", session_id="t")
    made = {
        "run_id": run.id,
        "name": "saas.close_ticket",
        "key_id": shop.keys["amir"].id,
        "customer_id": "1",
        "seq": "1",
    }
    rule = {
        "name": "r", "event": "invoice.paid", "action": {"contract": "saas.close_ticket", "params": {"ticket_id": {"const": 1}}},
    }  # fmt: skip
    for path, name, body in (("/v1/rules", "rule_id", rule),):
        answer = await shop.call("POST", path, body)
        if answer.status_code < 300:
            made[name] = answer.json()["id"]
    return made


async def test_every_route_names_a_scope_that_keys_can_have(shop: Shop) -> None:
    assert {each.door.scope for each in operations(shop)} <= set(SCOPES)


async def test_an_unsigned_request_is_401_on_every_route(shop: Shop) -> None:
    for each in operations(shop):
        answer = await each.call(shop, "olivia", {}, headers={"Authorization": "Bearer x"})
        assert (answer.status_code, answer.json()["code"]) == (401, "invalid_signature"), each


async def test_a_key_without_the_scope_is_403_on_every_route(shop: Shop) -> None:
    ids = await things(shop)
    for scope in SCOPES:
        key = await shop.key_of("olivia", scopes=[one for one in SCOPES if one != scope])
        for each in operations(shop):
            if each.door.scope == scope:
                answer = await each.call(shop, key, ids)
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), each


async def test_a_role_below_owner_is_403_on_every_route_of_owners(shop: Shop) -> None:
    ids = await things(shop)
    of_owners = [each for each in operations(shop) if each.door.owner]
    assert {each.path for each in of_owners} >= {"/v1/keys", "/v1/history", "/v1/runs/{run_id}/decide"}
    for each in of_owners:
        answer = await each.call(shop, "amir", ids)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), each


async def test_another_workspaces_key_finds_nothing_by_any_path(shop: Shop) -> None:
    ids = await things(shop)
    before = await _everything(shop)
    for each in operations(shop):
        if "{" not in each.path or "{seq}" in each.path or "{customer_id}" in each.path:
            continue
        answer = await each.call(shop, "eve", ids)
        foreign = await each.call(shop, "eve", {})
        assert answer.status_code == 404, (each, answer.text)
        assert foreign.status_code == 404, (each, foreign.text)
    assert await _everything(shop) == before


async def test_lists_hold_nothing_of_another_workspace(shop: Shop) -> None:
    await things(shop)
    mine = {shop.actors["eve"].workspace, shop.keys["eve"].id, shop.keys["eve"].public}
    foreign = [word for name, key in shop.keys.items() if name != "eve" for word in (key.id, key.public)]
    foreign += [shop.actors["olivia"].workspace, "saas.close_ticket"]
    for each in operations(shop):
        if each.method == "GET" and "{" not in each.path:
            answer = await each.call(shop, "eve", {})
            assert not [word for word in foreign if word in answer.text], each
    assert mine


async def test_a_customer_of_another_workspaces_platform_is_not_there(shop: Shop) -> None:
    page = (await shop.call("GET", "/v1/tickets", query="limit=1")).json()
    path = f"/v1/customers/{page['data'][0]['data']['customer_id']}"
    assert (await shop.call("GET", path)).status_code == 200
    answer = await shop.call("GET", path, by="eve")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_method_that_a_route_does_not_have_is_405(shop: Shop) -> None:
    for method in ("HEAD", "OPTIONS", "PATCH", "TRACE"):
        answer = await shop.http.request(method, "/v1/me")
        assert answer.status_code == 405, method
        assert "GET" in answer.headers["allow"]


async def test_every_answer_carries_a_request_id_and_what_is_left_of_the_limit(shop: Shop) -> None:
    ids = await things(shop)
    for each in operations(shop):
        answer = await each.call(shop, "olivia", ids if each.method == "GET" else {})
        assert answer.headers["x-request-id"].startswith("req_"), each
        limit = answer.headers["ratelimit-policy"]
        assert re.fullmatch(r'"key";q=\d+;w=60', limit), each
        assert re.fullmatch(r'"key";r=\d+;t=\d+', answer.headers["ratelimit"]), each


async def _everything(shop: Shop) -> list[tuple[str, str]]:
    """What another workspace must not have changed: the keys' and contracts' states."""
    async with shop.house.sessions.read() as session:
        rows = await store.contracts.active(session, shop.actors["olivia"].workspace)
        keys = (await shop.call("GET", "/v1/keys")).json()["data"]
    assert OWNER in {each["role"] for each in keys}
    return [(row.name, row.state) for row in rows] + [(each["id"], each["state"]) for each in keys]
