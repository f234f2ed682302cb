from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from core.errors import BadSetting, InvalidInput, PlatformUnavailable
from executors.http.platform_client import MAX_ANSWER_BYTES, HttpPlatformClient
from executors.http.ssrf_guard import SsrfGuard
from registry.connector import PlatformAnswer, PlatformRequest
from tests.integration.executors.http.peers import (
    LOOPBACK,
    Peer,
    answer,
    answering,
    closing_after,
    dripping,
    hanging,
    peer,
)


@pytest.fixture
async def there() -> AsyncIterator[Peer]:
    async with peer(answering(answer(200, b'{"id":"cus_1","name":"Adam"}'))) as made:
        yield made


def client(there: Peer, *, path: str = "", timeout_s: float = 5.0) -> HttpPlatformClient:
    return HttpPlatformClient(
        f"http://127.0.0.1:{there.port}{path}", "tok_1", guard=SsrfGuard(LOOPBACK), timeout_s=timeout_s
    )


async def test_a_record_is_read_with_the_token(there: Peer) -> None:
    async with client(there, path="/api/") as platform:
        assert await platform.get_json("/customers/cus_1") == {"id": "cus_1", "name": "Adam"}
    assert there.requests[0].line == "GET /api/customers/cus_1 HTTP/1.1"
    assert there.requests[0].headers["authorization"] == "Bearer tok_1"


async def test_parameters_are_quoted(there: Peer) -> None:
    async with client(there) as platform:
        await platform.get_json("/customers", {"name": "Ad&m = +1/é", "limit": "5"})
    assert there.requests[0].line == "GET /customers?name=Ad%26m+%3D+%2B1/%C3%A9&limit=5 HTTP/1.1"


async def test_a_quoted_id_arrives_as_it_was_quoted(there: Peer) -> None:
    async with client(there) as platform:
        await platform.get_json("/customers/a%2Fb%3F%20c")
    assert there.requests[0].line == "GET /customers/a%2Fb%3F%20c HTTP/1.1"


async def test_a_status_that_says_nothing_is_there_is_no_refusal() -> None:
    async with peer(answering(answer(403, b"no"))) as there, client(there) as platform:
        missing = PlatformRequest("/customers/none", missing=frozenset({403}))
        assert await platform.read(missing) == PlatformAnswer(404, None)
        with pytest.raises(PlatformUnavailable, match="refused the connection's credentials"):
            await platform.read(PlatformRequest("/customers"))


async def test_404_is_none() -> None:
    async with peer(answering(answer(404, b"no"))) as there, client(there) as platform:
        assert await platform.get_json("/customers/none") is None


@pytest.mark.parametrize(
    "path",
    [
        "customers",
        "//evil.example/",
        "http://evil.example/",
        "/../admin",
        "/a/../../admin",
        "/a/./b",
        "/%2e%2e/admin",
        "/%2E%2e%2fadmin",
        "/%252e%252e/admin",
        "/..%5cadmin",
        "/a\\..\\b",
        "/a/..;v=1/b",
        "/a?b=c",
        "/a#b",
        "/a b",
        "/a\r\nb",
        "/é",
        "",
    ],
)
async def test_a_path_that_would_leave_the_base_is_refused(there: Peer, path: str) -> None:
    async with client(there, path="/api") as platform:
        with pytest.raises(InvalidInput):
            await platform.get_json(path)
    assert there.connections == 0


@pytest.mark.parametrize(
    "said",
    [
        answer(500, b"{}"),
        answer(401, b"{}"),
        answer(204),
        answer(302, location="http://127.0.0.1:1/"),
        answer(200, b"<html>"),
        answer(200, b'{"a":1,"a":2}'),
        answer(200, b'{"a":NaN}'),
        answer(200, b'{"a":"\xff"}'),
        answer(200, b""),
        answer(200, b"[" * 1000 + b"]" * 1000),
        answer(200, b'"' + b"x" * MAX_ANSWER_BYTES + b'"'),
        b"SSH-2.0-OpenSSH\r\n\r\n",
    ],
)
async def test_every_other_answer_is_one_typed_error(said: bytes) -> None:
    async with peer(answering(said)) as there, client(there) as platform:
        with pytest.raises(PlatformUnavailable, match=r"GET /x|answer is not HTTP\.$"):
            await platform.get_json("/x")
        assert len(there.requests) == 1


@pytest.mark.parametrize(
    ("status", "lasting"), [(400, True), (401, True), (403, True), (408, False), (429, False), (500, False)]
)
async def test_a_refusal_lasts_and_a_fault_may_pass(status: int, lasting: bool) -> None:
    async with peer(answering(answer(status, b"no"))) as there, client(there) as platform:
        with pytest.raises(PlatformUnavailable) as failed:
            await platform.get_json("/x")
    assert (failed.value.lasting, failed.value.retryable, failed.value.status) == (lasting, not lasting, status)


async def test_a_platform_that_hangs_drips_or_hangs_up_is_given_up_in_time() -> None:
    dripped = dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", b"1")
    for serve in (hanging, dripped, closing_after):
        async with peer(serve) as there, client(there, timeout_s=0.3) as platform:
            with pytest.raises(
                PlatformUnavailable, match=r"^The platform (did not answer in time|closed the conn.*)\.$"
            ):
                await platform.get_json("/x")


async def test_a_read_that_could_not_connect_is_tried_once_more(there: Peer) -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        if len(asked) == 1:
            raise OSError("try again")
        return ["127.0.0.1"]

    guard = SsrfGuard(LOOPBACK, lookup=lookup)
    async with HttpPlatformClient(f"http://shop.example:{there.port}", "tok_1", guard=guard) as platform:
        assert (await platform.get_json("/x"))["name"] == "Adam"
    assert len(asked) == 2


async def test_a_platform_that_is_down_is_told_of_without_its_address() -> None:
    async with HttpPlatformClient("http://127.0.0.1:9", "tok_1", guard=SsrfGuard(LOOPBACK)) as platform:
        with pytest.raises(PlatformUnavailable, match=r"^The platform could not be reached\.$"):
            await platform.get_json("/x")


async def test_a_platform_that_is_down_is_asked_twice_and_not_more() -> None:
    asked: list[str] = []

    async def nobody(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        raise OSError("no such name")

    async with HttpPlatformClient("https://shop.example", "tok_1", guard=SsrfGuard(lookup=nobody)) as platform:
        with pytest.raises(PlatformUnavailable, match=r"^The platform's name has no address\.$"):
            await platform.get_json("/x")
    assert len(asked) == 2


async def test_a_platform_inside_is_out_of_reach_unless_it_is_listed(there: Peer) -> None:
    with pytest.raises(BadSetting, match="OPSIQ_ALLOW_ADDRESSES"):
        HttpPlatformClient(f"http://127.0.0.1:{there.port}", "tok_1", guard=SsrfGuard())
    async with HttpPlatformClient(f"https://localhost:{there.port}", "tok_1", guard=SsrfGuard()) as platform:
        with pytest.raises(PlatformUnavailable, match="OPSIQ_ALLOW_ADDRESSES"):
            await platform.get_json("/x")
    assert there.connections == 0


async def test_plain_http_goes_only_to_an_address_that_is_listed(there: Peer) -> None:
    async def nearby(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "shed.example" else ["93.184.216.34"]

    guard = SsrfGuard(["127.0.0.0/8"], lookup=nearby)
    async with HttpPlatformClient(f"http://shed.example:{there.port}", "tok_1", guard=guard) as platform:
        assert await platform.get_json("/x")
    async with HttpPlatformClient(f"http://barn.example:{there.port}", "tok_1", guard=guard) as platform:
        with pytest.raises(PlatformUnavailable, match="over plain http: use https"):
            await platform.get_json("/x")
    with pytest.raises(BadSetting, match="over plain http: use https"):
        HttpPlatformClient("http://93.184.216.34", "tok_1", guard=guard)
    with pytest.raises(BadSetting, match="use https"):
        HttpPlatformClient("http://shed.example", "tok_1", guard=SsrfGuard())


@pytest.mark.parametrize("token", ["a\r\nx: y", "a b", "é", "a\tb"])
def test_a_token_that_would_inject_a_header_is_refused(token: str) -> None:
    with pytest.raises(BadSetting):
        HttpPlatformClient("https://shop.example", token, guard=SsrfGuard())


def test_a_base_address_with_a_query_is_refused() -> None:
    with pytest.raises(BadSetting):
        HttpPlatformClient("https://shop.example/?a=b", "tok_1", guard=SsrfGuard())
