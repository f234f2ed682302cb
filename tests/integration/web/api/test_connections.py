"""Connections over REST: what can't be used is the caller's fault, named at its place, and nothing of it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.web.api.shop import Shop

SAAS = {"connector": "saas", "base_url": "https://depot.example", "name": "depot"}
PRETIX = {"connector": "pretix", "base_url": "https://depot.example", "name": "depot"}


@pytest.mark.parametrize(
    ("body", "pointer", "told"),
    [
        (SAAS | {"base_url": "http://10.20.0.4:8000"}, "/base_url", "OPSIQ_ALLOW_ADDRESSES"),
        (SAAS | {"base_url": "https://0x0a140004"}, "/base_url", "usual form"),
        (SAAS | {"base_url": "https://depot%00.example"}, "/base_url", "not a host name"),
        (SAAS | {"base_url": "https://depot.example:70000"}, "/base_url", "can't be read"),
        (SAAS | {"base_url": "http://93.184.216.34", "token": "t-1"}, "/base_url", "use https"),
        (SAAS | {"token": "two words"}, "/token", "one word"),
        (PRETIX, "/options/organizer", "needs the setting"),
        (PRETIX | {"options": {"organizer": "a/b"}}, "/options/organizer", "the form"),
        (PRETIX | {"options": {"organizer": "depot", "a/b": "c"}}, "/options/a~1b", "has no setting"),
    ],
)
async def test_what_a_connection_can_not_use_is_told_at_its_place(
    shop: Shop, body: dict[str, Any], pointer: str, told: str
) -> None:
    answer = await shop.call("POST", "/v1/connections", body)
    assert answer.status_code == 400, answer.text
    assert [each["pointer"] for each in answer.json()["errors"]] == [pointer]
    assert told in answer.json()["detail"]
    assert "depot" not in [each["name"] for each in (await shop.call("GET", "/v1/connectors")).json()["data"]]
    assert (await shop.call("POST", "/v1/connections", SAAS)).status_code == 201
