"""Whatever is changed about a signed request, it is refused."""

from __future__ import annotations

import random
from typing import Any

from core.crypto import request_signature
from tests.integration.web.api.shop import Shop

BODY = b'{"text":"close ticket 5519"}'
ROUNDS = 300


def _flipped(chance: random.Random, value: bytes) -> bytes:
    at = chance.randrange(len(value))
    return value[:at] + bytes([value[at] ^ (1 << chance.randrange(7))]) + value[at + 1 :]


async def test_no_changed_byte_of_any_signed_part_is_let_through(shop: Shop) -> None:
    chance = random.Random(20261124)
    key = shop.keys["olivia"]
    for _ in range(ROUNDS):
        parts: dict[str, Any] = {"method": "POST", "path": "/v1/runs", "query": "", "key": "idem-1", "body": BODY}
        header = shop.signature(parts["method"], parts["path"], key, parts["query"], parts["body"], parts["key"])
        match chance.choice(["body", "idempotency", "query", "path", "signature", "key", "method"]):
            case "body":
                parts["body"] = _flipped(chance, BODY)
            case "idempotency":
                parts["key"] = "idem-" + str(chance.randrange(2, 99))
            case "query":
                parts["query"] = f"x={chance.randrange(99)}"
            case "path":
                parts["path"] = chance.choice(["/v1/runs/", "//v1/runs", "/v1/%72uns", "/v1/actions/run", "/v1;/runs"])
            case "signature":
                name, _, value = header.rpartition("=")
                header = f"{name}={_flipped(chance, value.encode()).decode('latin1')}"
            case "key":
                header = header.replace(key.public, shop.keys["amir"].public)
            case "method":
                parts["method"] = chance.choice(["GET", "PUT", "DELETE", "PATCH"])
        url = parts["path"] + (f"?{parts['query']}" if parts["query"] else "")
        told = {"Content-Type": "application/json", "Idempotency-Key": parts["key"]}
        answer = await shop.http.request(
            parts["method"], url, content=parts["body"], headers={**told, b"Authorization": header.encode("latin1")}
        )
        assert answer.status_code in (401, 404, 405, 303, 307), (parts, header, answer.text)
    assert (await shop.call("GET", "/v1/runs")).json()["data"] == []


async def test_a_clock_beyond_the_window_is_told_the_servers_time_and_one_within_it_passes(shop: Shop) -> None:
    key = shop.keys["olivia"]
    now = int(shop.clock().timestamp())
    for apart, status in ((-301, 401), (-300, 200), (300, 200), (301, 401)):
        header = request_signature.make_header(
            key.secret,
            ts=now + apart,
            nonce=request_signature.make_nonce(),
            key=key.public,
            method="GET",
            path="/v1/me",
        )
        answer = await shop.http.get("/v1/me", headers={"Authorization": header})
        assert answer.status_code == status, apart
        if status == 401:
            assert (answer.json()["code"], answer.json()["server_time"]) == ("clock_skew", now)


async def test_another_keys_secret_and_an_unknown_key_get_the_same_answer(shop: Shop) -> None:
    olivia, amir = shop.keys["olivia"], shop.keys["amir"]
    answers = []
    for public, secret in ((olivia.public, amir.secret), ("pk_test_nobody", olivia.secret)):
        header = request_signature.make_header(
            secret,
            ts=int(shop.clock().timestamp()),
            nonce=request_signature.make_nonce(),
            key=public,
            method="GET",
            path="/v1/me",
        )
        problem = (await shop.http.get("/v1/me", headers={"Authorization": header})).json()
        answers.append({name: value for name, value in problem.items() if name != "request_id"})
    assert answers[0] == answers[1]


async def test_a_used_nonce_and_a_revoked_key_get_the_same_answer_as_a_stranger(shop: Shop) -> None:
    headers = {"Authorization": shop.signature("GET", "/v1/me", shop.keys["olivia"])}
    assert (await shop.http.get("/v1/me", headers=headers)).status_code == 200
    answers = [await shop.http.get("/v1/me", headers=headers), await shop.http.get("/v1/me")]
    await shop.container.key_admin.revoke_key(shop.actors["olivia"], shop.keys["amir"].id)
    answers.append(await shop.call("GET", "/v1/me", by="amir"))
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    told = [{name: value for name, value in answer.json().items() if name != "request_id"} for answer in answers]
    assert told[0] == told[1] == told[2]
