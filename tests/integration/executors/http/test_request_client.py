"""Requests of any method leave as they were made, through the guard, and what comes back is one Reply."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from pathlib import Path

import pytest

from executors.http.credentials import AppliedCredentials, ClientCertificate
from executors.http.request_client import MAX_ANSWER_BYTES, RequestClient
from executors.http.ssrf_guard import SsrfGuard
from tests.integration.executors.http.certificates import certificate
from tests.integration.executors.http.peers import LOOPBACK, answer, answering, closing_after, hanging, peer

SECRET = "tok-3f9c81d2-very-secret"


async def test_the_bytes_that_were_made_are_sent() -> None:
    async with peer(answering(answer(200, b"{}"))) as api, RequestClient(SsrfGuard(LOOPBACK)) as client:
        url = f"http://127.0.0.1:{api.port}/a%2Fb/~x%7Ey?q=%20a&b="
        await client.send("PATCH", url, [("x-one", "1"), ("accept", "text/csv")], '{"ä":1}', timeout_s=5)
        await client.send("GET", url, timeout_s=5)
        await client.send("DELETE", f"http://127.0.0.1:{api.port}", timeout_s=5)
        patched, read, deleted = api.requests
    assert patched.line == "PATCH /a%2Fb/~x%7Ey?q=%20a&b= HTTP/1.1"
    assert patched.body == '{"ä":1}'.encode()
    assert (patched.headers["x-one"], patched.headers["accept"]) == ("1", "text/csv")
    assert patched.headers["host"] == f"127.0.0.1:{api.port}"
    assert "content-length" not in read.headers
    assert deleted.line == "DELETE / HTTP/1.1"
    assert len({request.port for request in (patched, read, deleted)}) == 3, "a connection each"


async def test_credentials_are_added_and_masked_in_the_answer() -> None:
    applied = AppliedCredentials(
        headers=(("authorization", f"Bearer {SECRET}"),), query=(("key", f"{SECRET}&x"),), secrets=(SECRET,)
    )
    async with (
        peer(answering(answer(200, f"you are {SECRET}".encode()))) as api,
        RequestClient(SsrfGuard(LOOPBACK)) as client,
    ):
        reply = await client.send("GET", f"http://127.0.0.1:{api.port}/me?a=1", credentials=applied, timeout_s=5)
    assert api.requests[0].line == f"GET /me?a=1&key={SECRET}%26x HTTP/1.1"
    assert api.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert reply.body == b"you are ***"


async def test_nothing_leaves_over_plain_http_for_an_address_that_is_not_listed() -> None:
    async def nearby(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "shed.example" else ["93.184.216.34"]

    async with (
        peer(answering(answer(200, b"{}"))) as api,
        RequestClient(SsrfGuard(LOOPBACK, lookup=nearby)) as client,
    ):
        near = await client.send("GET", f"http://shed.example:{api.port}/x", timeout_s=5)
        away = await client.send("GET", f"http://barn.example:{api.port}/x", timeout_s=5)
    assert (near.status, away.sent, away.error) == (200, False, "blocked")
    assert "over plain http: use https" in away.detail


@pytest.mark.parametrize(("serve", "error"), [(closing_after, "closed"), (hanging, "timeout")])
async def test_a_request_that_left_and_was_not_answered_may_have_happened(serve: object, error: str) -> None:
    async with peer(serve) as api, RequestClient(SsrfGuard(LOOPBACK)) as client:  # type: ignore[arg-type]
        reply = await client.send("POST", f"http://127.0.0.1:{api.port}/x", timeout_s=0.5)
    assert (reply.status, reply.error, reply.sent) == (None, error, True)
    assert len(api.requests) == 1, "and is not sent again by itself"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/", "http://169.254.169.254/latest", "http://[::1]:1/", "http://u:p@shop.example/"]
)
async def test_what_the_guard_refuses_is_never_dialled(url: str) -> None:
    async with RequestClient(SsrfGuard(())) as client:
        reply = await client.send("GET", url, timeout_s=1)
    assert (reply.status, reply.error, reply.sent) == (None, "blocked", False)


async def test_an_answer_is_read_so_far_and_no_further() -> None:
    body = b"x" * (MAX_ANSWER_BYTES + 10)
    async with peer(answering(answer(200, body))) as api, RequestClient(SsrfGuard(LOOPBACK)) as client:
        reply = await client.send("GET", f"http://127.0.0.1:{api.port}/", timeout_s=10)
    assert (reply.status, reply.cut, len(reply.body)) == (200, True, MAX_ANSWER_BYTES)


async def test_a_client_certificate_is_shown_to_who_asks_for_one(tmp_path: Path) -> None:
    _, serving = certificate(tmp_path, "localhost")
    pem = (tmp_path / "server.pem").read_text()
    key, found, rest = pem.partition("-----END PRIVATE KEY-----\n")
    serving.verify_mode = ssl.CERT_REQUIRED
    serving.load_verify_locations(cadata=rest)
    shown = AppliedCredentials(certificate=ClientCertificate(rest, key + found, authority=rest))
    hidden = AppliedCredentials(certificate=ClientCertificate(rest, "not a key", authority=rest))
    async with (
        peer(answering(answer(200, b"{}")), tls=serving) as api,
        RequestClient(SsrfGuard(LOOPBACK)) as client,
    ):
        url = f"https://localhost:{api.port}/"
        assert (await client.send("GET", url, credentials=shown, timeout_s=5)).status == 200
        assert (await client.send("GET", url, timeout_s=5)).error == "tls", "the system doesn't know its authority"
        reply = await client.send("GET", url, credentials=hidden, timeout_s=5)
    assert (reply.error, reply.sent) == ("tls", False)
    assert "client certificate" in reply.detail
