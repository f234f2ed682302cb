"""Attack class: a request whose head comes while its sender still may, and whose body ends when they no longer do."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.parse
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from cli.client import Client
from core.crypto import request_signature
from store.accounts.members import MemberRow
from tests.acceptance.installation import PASSWORD, Installation
from tests.security.test_sign_in import Browser

HEAD_S = 0.5
"""How long a head is there before its body goes on: the server has looked at it by then."""
EVENT = {"event": "parcel.weighed", "data": {}}


class Trickle:
    """A request of which all but the last byte is sent."""

    def __init__(self, url: str, method: str, path: str, body: bytes, **headers: str) -> None:
        self._http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._http.putrequest(method, path)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self._http.putheader(name.replace("_", "-"), value)
        self._http.endheaders(body[:-1])
        self._last = body[-1:]
        time.sleep(HEAD_S)

    def finish(self) -> tuple[int, str]:
        self._http.send(self._last)
        with self._http.getresponse() as answer:
            told = answer.read().decode()
        self._http.close()
        return answer.status, told


def sign(by: Client, method: str, path: str, body: bytes, *, ts: int | None = None, nonce: str = "") -> dict[str, str]:
    key = uuid.uuid4().hex
    signed = request_signature.make_header(
        by.secret,
        ts=int(time.time()) if ts is None else ts,
        nonce=nonce or request_signature.make_nonce(),
        key=by.key,
        method=method,
        path=path,
        idempotency_key=key,
        body=body,
    )
    return {"Authorization": signed, "Idempotency_Key": key, "Content_Type": "application/json"}


def fired(world: Installation) -> int:
    [(count,)] = world.execute("SELECT count(*) FROM events WHERE name = 'parcel.weighed'")
    return int(count)


@contextmanager
def demoted(world: Installation, person: str, **columns: Any) -> Iterator[None]:
    [(found,)] = world.execute("SELECT id FROM members WHERE email = :email", email=f"{person}@test.test")
    world.rewrite(MemberRow, found, **columns)
    try:
        yield
    finally:
        world.rewrite(MemberRow, found, role="owner", state="active")


@pytest.mark.parametrize("lost", ["key", "access"])
def test_a_key_that_is_taken_away_while_its_request_trickles_in_does_nothing(world: Installation, lost: str) -> None:
    made = world.clients["oscar"].post("/v1/keys", {"name": "slow", "scopes": ["events:write"], "mode": "live"})
    slow = Client(world.url, made["key"]["public"], made["secret"])
    body, path, before = json.dumps(EVENT).encode(), "/v1/events/fire", fired(world)
    request = Trickle(world.url, "POST", path, body, **sign(slow, "POST", path, body))
    if lost == "key":
        world.clients["olivia"].delete(f"/v1/keys/{made['key']['id']}")
        status, told = request.finish()
    else:
        with demoted(world, "oscar", state="disabled"):
            status, told = request.finish()
    assert (status, json.loads(told)["code"]) == (401, "invalid_signature")
    assert fired(world) == before


def test_a_request_that_ends_after_its_window_is_not_let_in(world: Installation) -> None:
    """Its nonce is kept no longer than that: what was heard could be said once more."""
    body, path = json.dumps(EVENT).encode(), "/v1/events/fire"
    almost = int(time.time()) - request_signature.WINDOW_S + 1
    request = Trickle(world.url, "POST", path, body, **sign(world.clients["olivia"], "POST", path, body, ts=almost))
    while time.time() <= almost + request_signature.WINDOW_S + 1:
        time.sleep(0.05)
    status, told = request.finish()
    assert (status, json.loads(told)["code"]) == (401, "clock_skew")


@pytest.mark.parametrize("lost", [{"role": "support"}, {"state": "disabled"}], ids=["role", "access"])
def test_who_loses_a_role_while_their_form_trickles_in_does_nothing(world: Installation, lost: dict[str, str]) -> None:
    browser = Browser(world.url, "127.0.4.1")
    assert browser.sign_in("oscar", PASSWORD) == 303
    hidden = re.findall(r'name="(csrf|once)" value="([^"]+)"', browser.send("GET", "/events/fire").text)
    fields = {**dict(hidden), "name": "parcel.weighed", "data": json.dumps(EVENT["data"])}
    body, before = urllib.parse.urlencode(fields).encode(), fired(world)
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"Cookie": cookie, "Content_Type": "application/x-www-form-urlencoded"}
    request = Trickle(world.url, "POST", "/events", body, **headers)
    with demoted(world, "oscar", **lost):
        status, _ = request.finish()
    browser.http.close()
    assert status in (303, 403)
    assert fired(world) == before
