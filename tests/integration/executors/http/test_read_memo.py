"""What a request has read once it doesn't read again; everything else asks the platform."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import PlatformUnavailable
from executors.http import read_memo
from executors.http.platform_client import HttpPlatformClient
from executors.http.read_memo import ReadMemo, use_read_memo
from executors.http.ssrf_guard import SsrfGuard
from registry.connector import PlatformRequest, ReadAccess
from tests.integration.executors.http.peers import LOOPBACK, Peer, answer, answering, peer

SEVERAL = tuple(answer(200, b'{"boats":[%d]}' % number) for number in range(1, 9))


def client(there: Peer, access: ReadAccess = ReadAccess()) -> HttpPlatformClient:  # noqa: B008 - it is frozen
    return HttpPlatformClient(f"http://127.0.0.1:{there.port}", "tok", guard=SsrfGuard(LOOPBACK), access=access)


async def test_a_request_reads_a_list_once_and_sees_one_state_of_it() -> None:
    async with peer(answering(*SEVERAL)) as there, client(there) as platform:
        with use_read_memo(ReadMemo()):
            first = await platform.get_json("/boats", {"page": "1"})
            first["boats"].append("changed by a connector")
            assert await platform.get_json("/boats", {"page": "1"}) == {"boats": [1]}
            assert await platform.get_json("/boats", {"page": "2"}) == {"boats": [2]}
        assert await platform.get_json("/boats", {"page": "1"}) == {"boats": [3]}
        with use_read_memo(ReadMemo()):
            assert await platform.get_json("/boats", {"page": "1"}) == {"boats": [4]}
    assert len(there.requests) == 4


async def test_what_is_read_at_the_same_time_is_read_once() -> None:
    async with peer(answering(*SEVERAL)) as there, client(there) as platform:
        with use_read_memo(ReadMemo()):
            several = await asyncio.gather(*(platform.get_json("/boats/7") for _ in range(5)))
    assert several == [{"boats": [1]}] * 5
    assert len(there.requests) == 1


async def test_only_what_asks_the_platform_counts_against_its_limit() -> None:
    once = ReadAccess(requests=1, per_s=60)
    async with peer(answering(*SEVERAL)) as there, client(there, once) as platform:
        with use_read_memo(ReadMemo()):
            for _ in range(3):
                assert await platform.get_json("/boats") == {"boats": [1]}
        with pytest.raises(PlatformUnavailable, match="1 reads in 60 s"):
            await platform.get_json("/boats")


async def test_a_read_that_is_repeated_on_purpose_asks_again() -> None:
    async with peer(answering(*SEVERAL)) as there, client(there) as platform:
        with use_read_memo(ReadMemo()):
            told = [(await platform.read(PlatformRequest("/boats", again=again))).body for again in (0, 1, 0, 1)]
    assert told == [{"boats": [1]}, {"boats": [2]}, {"boats": [1]}, {"boats": [2]}]


async def test_nothing_there_is_remembered_and_a_failure_is_not() -> None:
    answers = (answer(500, b"no"), answer(404, b"no"), answer(200, b"{}"))
    async with peer(answering(*answers)) as there, client(there) as platform:
        with use_read_memo(ReadMemo()):
            with pytest.raises(PlatformUnavailable, match="500"):
                await platform.get_json("/boats/9")
            assert await platform.get_json("/boats/9") is None
            assert await platform.get_json("/boats/9") is None


async def test_a_memo_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_memo, "MAX_BYTES", 20)
    async with peer(answering(*SEVERAL)) as there, client(there) as platform:
        with use_read_memo(ReadMemo()):
            for path in ("/boats/1", "/boats/2", "/boats/1", "/boats/2"):
                await platform.get_json(path)
    assert len(there.requests) == 3
