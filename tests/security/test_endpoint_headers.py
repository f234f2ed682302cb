"""The headers that somebody gave an endpoint, a password of its server perhaps: whoever may change the endpoint can't
have them sent to a server of their own."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from cli.client import Client, Refused
from core.errors import Forbidden
from tests.acceptance.installation import Installation
from tests.acceptance.test_events import until
from tests.security.hostile_endpoint import hostile_endpoint

SECRET: Final = "Basic cGFzc3dvcmQ="
THERE: Final = "http://127.0.0.1:9/hooks"


def make_endpoint(world: Installation) -> dict[str, Any]:
    body = {"url": THERE, "events": ["invoice.*"], "headers": {"Authorization": SECRET, "X-Shop": "berlin"}}
    made: dict[str, Any] = world.clients["olivia"].post("/v1/webhooks/endpoints", body)
    return made


def patch(by: Client, path: str, body: dict[str, Any]) -> Any:
    return by._call("PATCH", path, "", json.dumps(body).encode(), "")


def test_a_keys_headers_do_not_follow_an_endpoint_that_another_key_moves(world: Installation) -> None:
    path = f"/v1/webhooks/endpoints/{make_endpoint(world)['id']}"
    key = world.new_key(role="support", scopes=["webhooks:read", "webhooks:write"], mode="live")
    with hostile_endpoint() as hostile:
        hostile.answers.append(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        with pytest.raises(Refused) as refused:
            patch(key, path, {"url": hostile.url})
        assert refused.value.problem["errors"][0]["pointer"] == "/headers"
        patch(key, path, {"url": f"{THERE}/elsewhere", "description": "the same server"})
        assert key.get(path)["headers"] == ["authorization", "x-shop"]
        moved = patch(key, path, {"url": hostile.url, "headers": {}})
        assert (moved["url"], moved["headers"]) == (hostile.url, [])
        key.post("/v1/webhooks/test", {"endpoint": moved["id"]})
        until(lambda: hostile.got)
        assert not any(b"authorization" in head.lower() for head in hostile.got)


def test_nor_do_they_in_the_console_unless_they_are_given_anew(world: Installation) -> None:
    endpoint = make_endpoint(world)
    console = world.console("olivia")
    page = f"/webhooks/{endpoint['id']}/edit"
    with pytest.raises(Forbidden):
        console.send(page, page, url="http://127.0.0.1:10/hooks", patterns="invoice.*")
    assert world.clients["olivia"].get(f"/v1/webhooks/endpoints/{endpoint['id']}")["url"] == THERE
