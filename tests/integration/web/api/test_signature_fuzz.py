"""Signed requests, changed in every way that hypothesis thinks of, through the whole application byte for byte: none is
let through.

The requests are ASGI messages, so that what is sent is what was meant: no client tidies a path, a header or a query up
on the way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

import store.events.events
from core import webhook_signature
from core.crypto import request_signature
from tests.integration.web.api.shop import InstalledShop, Shop, open_shop
from web.limits import PER_MINUTE, Limits

T = TypeVar("T")
Draw = Callable[[Any], Any]
BODY = b'{"text":"close ticket 5519"}'
HOOK = b'{"type":"ticket.closed","data":{"id":5519,"customer_id":421,"subject":"x","revision":4}}'
FUZZ = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
BYTES = st.binary(max_size=24)
NEAR = st.sampled_from(
    [b"", b" ", b"\t", b"\x00", b"\r\n", b",", b"%00", b"%2e", b"\xff", b"0", b"=", b";", b"/", b"\xc3\xa9"]
)


@dataclass(frozen=True)
class Sent:
    """A request as bytes on the wire."""

    method: str = "POST"
    path: bytes = b"/v1/runs"
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = BODY

    def header(self, name: bytes, value: bytes | None) -> Sent:
        """With this header in place of what it has by that name; None takes it away."""
        kept = tuple(each for each in self.headers if each[0] != name)
        return replace(self, headers=kept + (((name, value),) if value is not None else ()))

    def value(self, name: bytes) -> bytes:
        return dict(self.headers)[name]


@dataclass
class App:
    """One application for all examples, driven from its own loop."""

    shop: Shop
    loop: asyncio.AbstractEventLoop
    secret: str = field(default="", repr=False)

    def do(self, job: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.ensure_future(job, loop=self.loop))

    def signed(self, nonce: str = "fuzzfuzzfuzzfuzzfuzzfu") -> Sent:
        """A request that would be let through."""
        made, key = Sent(), self.shop.keys["olivia"]
        header = request_signature.make_header(
            key.secret,
            ts=int(self.shop.clock().timestamp()),
            nonce=nonce,
            key=key.public,
            method=made.method,
            path=made.path.decode(),
            idempotency_key="key-1",
            body=made.body,
        )
        told = (
            (b"authorization", header.encode()),
            (b"idempotency-key", b"key-1"),
            (b"content-type", b"application/json"),
        )
        return replace(made, headers=told)

    def hook(self, *, at: int | None = None) -> Sent:
        """A platform's webhook that would be believed."""
        now = at if at is not None else int(self.shop.clock().timestamp())
        signature = webhook_signature.sign([self.secret], "msg_1", now, HOOK)
        told = (
            (b"webhook-id", b"msg_1"),
            (b"webhook-timestamp", str(now).encode()),
            (b"webhook-signature", signature.encode()),
        )
        return Sent(path=b"/connectors/saas/webhook", headers=told, body=HOOK)

    def send(self, sent: Sent) -> int:
        return self.do(self._send(sent))

    async def _send(self, sent: Sent) -> int:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": sent.method,
            "scheme": "http",
            "path": unquote(sent.path.decode("latin-1")),
            "raw_path": sent.path,
            "query_string": sent.query,
            "root_path": "",
            "headers": [(b"host", b"api.test"), *sent.headers],
            "client": ("203.0.113.9", 4000),
            "server": ("api.test", 80),
        }
        status = 0

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": sent.body, "more_body": False}

        async def answer(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]

        await self.shop.app(scope, receive, answer)
        return status

    def untouched(self) -> bool:
        """Nothing has been asked for and nothing told."""

        async def look() -> bool:
            container, olivia = self.shop.container, self.shop.actors["olivia"]
            async with container.database.read() as session:
                events = await store.events.events.listed(session, olivia.workspace, limit=1)
            return not events and not await container.runs.list_runs(olivia, limit=1)

        return self.do(look())


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, template: InstalledShop) -> Iterator[App]:
    loop = asyncio.new_event_loop()
    folder: Path = tmp_path_factory.mktemp("fuzz") / "data"
    opened = open_shop(folder, template, limits=Limits(per_minute=dict.fromkeys(PER_MINUTE, 10**9), per_address=0))
    made = App(loop.run_until_complete(opened.__aenter__()), loop)
    made.secret = made.do(made.shop.container.events.inbox.share_secret(made.shop.actors["olivia"], "saas")).secret
    yield made
    loop.run_until_complete(opened.__aexit__(None, None, None))
    loop.close()


def changed(draw: Draw, value: bytes) -> bytes:
    """Another value than this one: flipped, cut, grown, doubled, in another case, or anything at all."""
    match draw(st.sampled_from(["flip", "cut", "grow", "double", "case", "swap", "any"])):
        case "flip" if value:
            at = draw(st.integers(0, len(value) - 1))
            made = value[:at] + bytes([value[at] ^ draw(st.integers(1, 255))]) + value[at + 1 :]
        case "cut" if value:
            at = draw(st.integers(0, len(value) - 1))
            made = value[:at] + value[at + draw(st.integers(1, 4)) :]
        case "grow":
            at = draw(st.integers(0, len(value)))
            made = value[:at] + draw(NEAR | BYTES) + value[at:]
        case "double":
            made = value + draw(st.sampled_from([b"", b",", b", ", b" "])) + value
        case "case":
            made = value.swapcase()
        case "swap" if len(value) > 1:
            at = draw(st.integers(0, len(value) - 2))
            made = value[:at] + value[at + 1 : at + 2] + value[at : at + 1] + value[at + 2 :]
        case _:
            made = draw(BYTES)
    assume(made != value)
    return made


def changed_request(draw: Draw, good: Sent) -> Sent:
    """A request that nobody has signed, made of one that somebody has."""
    parts = ["authorization", "field", "body", "path", "query", "idempotency-key", "method", "twice", "without"]
    match draw(st.sampled_from(parts)):
        case "authorization":
            return good.header(b"authorization", changed(draw, good.value(b"authorization")))
        case "field":
            scheme, _, rest = good.value(b"authorization").partition(b" ")
            fields = rest.split(b",")
            at = draw(st.integers(0, len(fields) - 1))
            name, _, value = fields[at].partition(b"=")
            fields[at] = name + b"=" + changed(draw, value)
            return good.header(b"authorization", scheme + b" " + b",".join(fields))
        case "body":
            return replace(good, body=changed(draw, good.body))
        case "path":
            at = draw(st.integers(1, len(good.path) - 1))
            another = good.path[:at] + b"%%%02x" % good.path[at] + good.path[at + 1 :]  # the same to whoever decodes it
            return replace(good, path=another if draw(st.booleans()) else changed(draw, good.path))
        case "query":
            return replace(good, query=changed(draw, good.query))
        case "idempotency-key":
            return good.header(b"idempotency-key", changed(draw, good.value(b"idempotency-key")))
        case "method":
            return replace(
                good, method=draw(st.sampled_from(["GET", "PUT", "PATCH", "DELETE", "HEAD", "post", "Post"]))
            )
        case "twice":
            name = draw(st.sampled_from([b"authorization", b"idempotency-key"]))
            return replace(good, headers=(*good.headers, (name, draw(st.sampled_from([good.value(name), b"", b"x"])))))
    return good.header(b"authorization", None)


def is_let_through(status: int) -> bool:
    """An answer of the endpoint itself, of whatever kind, and not of the door before it: 404 and 405 are of the routes,
    413 and 415 of what can't be read at all, redirects of nobody."""
    return 200 <= status < 300 or status in (409, 422)


@FUZZ
@given(data=st.data())
def test_no_changed_request_is_let_through(app: App, data: st.DataObject) -> None:
    status = app.send(changed_request(data.draw, app.signed()))
    assert not is_let_through(status), status
    assert status < 500, status
    assert app.untouched()


@FUZZ
@given(apart=st.integers(-(10**12), 10**12).filter(lambda apart: abs(apart) > request_signature.WINDOW_S))
@example(apart=301)
@example(apart=-301)
def test_no_request_signed_at_another_time_is_let_through(app: App, apart: int) -> None:
    now = int(app.shop.clock().timestamp())
    assume(now + apart >= 0)
    key = app.shop.keys["olivia"]
    header = request_signature.make_header(
        key.secret,
        ts=now + apart,
        nonce=request_signature.make_nonce(),
        key=key.public,
        method="POST",
        path="/v1/runs",
        idempotency_key="late",
        body=BODY,
    )
    told = ((b"authorization", header.encode()), (b"idempotency-key", b"late"), (b"content-type", b"application/json"))
    assert app.send(Sent(headers=told)) == 401
    assert app.untouched()


@FUZZ
@given(data=st.data())
def test_no_other_key_or_secret_signs_for_it(app: App, data: st.DataObject) -> None:
    secrets = [key.secret for name, key in app.shop.keys.items() if name != "olivia"]
    own = app.shop.keys["olivia"].secret
    near = st.sampled_from([own[:-1], own + "=", own.upper(), own.lower(), own.removeprefix("sk_test_"), " " + own, ""])
    secret = data.draw(st.sampled_from(secrets) | near | st.text(max_size=60))
    assume(secret != own)
    now = int(app.shop.clock().timestamp())
    header = request_signature.make_header(
        secret,
        ts=now,
        nonce=request_signature.make_nonce(),
        key=app.shop.keys["olivia"].public,
        method="POST",
        path="/v1/runs",
        idempotency_key="other",
        body=BODY,
    )
    told = ((b"authorization", header.encode()), (b"idempotency-key", b"other"), (b"content-type", b"application/json"))
    assert app.send(Sent(headers=told)) == 401
    assert app.untouched()


def changed_hook(draw: Draw, good: Sent) -> Sent:
    part = draw(
        st.sampled_from([b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"body", b"twice", b"without"])
    )
    name = draw(st.sampled_from([b"webhook-id", b"webhook-timestamp", b"webhook-signature"]))
    match part:
        case b"body":
            return replace(good, body=changed(draw, good.body))
        case b"twice":
            return replace(good, headers=(*good.headers, (name, good.value(name))))
        case b"without":
            return good.header(name, None)
    value = changed(draw, good.value(part))
    # More signatures beside the good one are what a rotation looks like: the good one still counts.
    assume(part != b"webhook-signature" or good.value(part) not in value.split(b" "))
    return good.header(part, value)


@FUZZ
@given(data=st.data())
def test_no_changed_webhook_is_believed(app: App, data: st.DataObject) -> None:
    assert app.send(changed_hook(data.draw, app.hook())) == 401
    assert app.untouched()


@FUZZ
@given(apart=st.integers(-(10**9), 10**10).filter(lambda apart: abs(apart) > webhook_signature.TOLERANCE_S))
@example(apart=301)
@example(apart=-301)
def test_no_webhook_signed_at_another_time_is_believed(app: App, apart: int) -> None:
    assert app.send(app.hook(at=int(app.shop.clock().timestamp()) + apart)) == 401
    assert app.untouched()


def test_what_is_not_changed_is_let_through_once(app: App) -> None:
    """The last test of this file: without it, all of the above could be refused for another reason."""
    assert app.untouched()
    good, hook = app.signed(), app.hook()
    assert app.send(good) == 202
    assert app.send(good) == 401, "the nonce is used"
    assert app.send(hook) == 202
    assert app.send(hook) == 202, "a message that comes again is answered again"
    assert not app.untouched()
