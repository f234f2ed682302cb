"""Attack class: answers that turn done into unknown. Whatever an endpoint says after its 2xx, what it did is on record
as done, once."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest

from cli.client import Refused
from core import webhook_signature
from tests.acceptance.installation import PASSWORD, Installation, running_installation
from tests.security.hostile_endpoint import HostileEndpoint, hostile_endpoint


def said(body: bytes, *headers: str, length: int | None = None) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"content-length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


ANSWERS: Final = {
    "a NUL": said(b'{"ok":true}\x00'),
    "a NUL in JSON": said(b'{"ok":"\\u0000"}'),
    "lone surrogates": said(b'{"ok":"\\ud800"} \xed\xa0\x80'),
    "no UTF-8": said(bytes(range(256))),
    "JSON 60,000 deep": said(b"[" * 60_000),
    "numbers that are none": said(b'{"amount":1e999,"n":' + b"9" * 5_000 + b',"x":NaN}'),
    "a megabyte": said(b"\x00" * 1_000_000),
    "a gzip bomb": said(gzip.compress(b"\0" * 20_000_000, 1), "content-encoding: gzip"),
    "a length that is too long": said(b"short", length=99),
    "a length that is too short": said(b"x" * 900, length=2),
    "odd headers": said(
        b"{}",
        "retry-after: ÿÿ(\x01",
        "retry-after: 99999999999999999999",
        "content-type: \t;;=\x7f",
        "x: " + "y" * 9_000,
    ),
    "chunks without an end": b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n\x00\xff\x00\xff\x00\r\n",
    "bidi and control characters": said("\u202e\x1b[2J\u2028<script>".encode()),
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[HostileEndpoint]:
    with hostile_endpoint() as made:
        yield made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, endpoint: HostileEndpoint) -> Iterator[Installation]:
    """The contract that applies credit is the hostile endpoint's, and promises an answer of a form."""

    def edit(contracts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for each in contracts:
            if each["name"] == "saas.apply_credit":
                each["endpoint"] |= {"url": endpoint.url, "timeout_s": 2, "deadline_s": 30}
        return contracts

    with running_installation(tmp_path_factory.mktemp("answers"), edit) as made:
        yield made


@pytest.fixture(scope="module")
def console(world: Installation) -> Iterator[httpx.Client]:
    """An owner's browser, signed in."""
    with httpx.Client(base_url=world.url, trust_env=False, follow_redirects=True, timeout=30) as http:
        page = http.get("/sign-in").text
        csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "email": "olivia@test.test", "password": PASSWORD}
        assert http.post("/sign-in", data=form).status_code == 200
        yield http


@pytest.mark.parametrize("name", ANSWERS)
def test_a_call_that_was_answered_200_has_happened_once(
    world: Installation, endpoint: HostileEndpoint, console: httpx.Client, name: str
) -> None:
    endpoint.answers = [ANSWERS[name]]
    run = world.confirm("olivia", world.ask("olivia", "give Hugo Bernard 61 EUR credit"))
    assert run["state"] == "succeeded", run
    (outcome,) = run["outcomes"]
    assert (outcome["status"], outcome["attempts"]) == (200, 1)
    assert len(endpoint.heads_of(outcome["call_id"])) == 1
    assert "\x00" not in (outcome["answer"] or "")
    assert console.get(f"/runs/{run['id']}").status_code == 200
    (settled,) = world.entries(run, "call_settled")
    assert console.get(f"/history/{settled['seq']}").status_code == 200


def test_what_was_answered_is_found_exported_and_verified(
    world: Installation, endpoint: HostileEndpoint, console: httpx.Client
) -> None:
    endpoint.answers = [said(b"\x00zanzibar\xff\x00 1e999")]
    run = world.confirm("olivia", world.ask("olivia", "give Hugo Bernard 62 EUR credit"))
    found = world.clients["olivia"].get("/v1/history", "q=zanzibar&limit=50")["data"]
    assert run["id"] in {entry["run_id"] for entry in found}
    export = console.get("/history/export.csv", params={"q": "zanzibar"})
    assert (export.status_code, "\x00" in export.text) == (200, False)
    assert run["id"] in export.text
    assert world.verify()["ok"] is True


def test_a_webhook_that_was_answered_200_was_delivered_once(
    world: Installation, endpoint: HostileEndpoint, console: httpx.Client
) -> None:
    """Every answer at one endpoint, one delivery each."""
    olivia = world.clients["olivia"]
    made = olivia.post("/v1/webhooks/endpoints", {"url": endpoint.url, "events": ["parcel.weighed"]})
    for name, answer in ANSWERS.items():
        endpoint.answers = [answer]
        event = olivia.post("/v1/events/fire", {"event": "parcel.weighed", "data": {"as": name}})
        end = time.monotonic() + 30
        while True:
            listed = olivia.get("/v1/webhooks/deliveries", f"event_id={event['id']}")["data"]
            if listed and listed[0]["attempts"]:
                break
            assert time.monotonic() < end, f"{name}: nothing was delivered"
            time.sleep(0.05)
        (delivery,) = listed
        assert (delivery["state"], delivery["status"], delivery["attempts"]) == ("succeeded", 200, 1), name
        assert len(endpoint.heads_of(event["id"])) == 1, name
        detail = olivia.get(f"/v1/webhooks/deliveries/{delivery['id']}")
        json.dumps(detail).encode()
        page = console.get(f"/webhooks/deliveries/{delivery['id']}")
        assert page.status_code == 200, (name, page.status_code)
        assert "\x00" not in page.text
    assert olivia.get(f"/v1/webhooks/endpoints/{made['id']}")["health"]["consecutive_failures"] == 0


@pytest.mark.parametrize(
    "name", ["Content-Encoding", "Transfer-Encoding", "Host", "X-Forwarded-For", "Forwarded", "Keep-Alive"]
)
def test_no_endpoint_can_change_how_its_deliveries_are_read(
    world: Installation, endpoint: HostileEndpoint, name: str
) -> None:
    body = {"url": endpoint.url, "events": ["*"], "headers": {name: "gzip"}}
    with pytest.raises(Refused) as refused:
        world.clients["olivia"].post("/v1/webhooks/endpoints", body)
    assert refused.value.problem["code"] == "invalid_request"
    assert refused.value.problem["errors"][0]["pointer"] == f"/headers/{name}"


def test_whatever_a_platform_tells_is_taken_or_refused_and_never_breaks_the_server(
    world: Installation, console: httpx.Client
) -> None:
    """With its own valid signature."""
    olivia = world.clients["olivia"]
    secret = olivia.post("/v1/connectors/saas/webhook-secret", {})["secret"]
    row = {"id": 421, "name": "A\x00\u202e", "email": "a@x.example", "status": "active", "revision": 7}
    told = {"type": "customer.updated", "timestamp": "2026-11-24T11:59:00Z", "data": row}
    bodies = [
        json.dumps(told).encode(),
        json.dumps(told | {"data": row | {"name": "\ud800"}}).encode(),
        json.dumps(told | {"data": row | {"revision": 10**400}}).encode(),
        json.dumps(told).replace("421", "1e999").encode(),
        b"[" * 100_000,
        b"\x00",
        b"\xff\xfe",
        b'{"type":' + b"9" * 5_000 + b"}",
    ]
    for at, body in enumerate(bodies):
        now, message = int(time.time()), f"msg_{at}"
        headers = {
            "webhook-id": message,
            "webhook-timestamp": str(now),
            "webhook-signature": webhook_signature.sign([secret], message, now, body),
        }
        answer = httpx.post(f"{world.url}/connectors/saas/webhook", content=body, headers=headers, trust_env=False)
        assert answer.status_code in (202, 400, 401, 422), (at, answer.text)
    assert console.get("/events").status_code == 200
    assert olivia.get("/v1/events", "limit=100")["data"] is not None
    assert world.verify()["ok"] is True
