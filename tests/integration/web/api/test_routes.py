"""What holds for every route under /v1, made from the routes themselves: a new one can't be forgotten."""

from __future__ import annotations

import re

from core.scopes import SCOPES
from tests.integration.web.api.routes import operations, things
from tests.integration.web.api.shop import Shop


async def test_every_route_names_a_scope_that_keys_can_have(shop: Shop) -> None:
    assert {each.requirement.scope for each in operations(shop)} <= set(SCOPES)


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
