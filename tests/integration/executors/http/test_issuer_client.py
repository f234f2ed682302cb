"""A token endpoint is sent a client's secret over plain http only if its address is listed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from core.errors import Unavailable
from executors.http.issuer_client import IssuerClient
from executors.http.ssrf_guard import SsrfGuard
from tests.integration.executors.http.peers import LOOPBACK, answer, answering, peer


async def test_a_secret_leaves_over_plain_http_only_for_an_address_that_is_listed() -> None:
    async def nearby(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"] if host == "shed.example" else ["93.184.216.34"]

    async with peer(answering(answer(200, b'{"access_token":"t"}'))) as there:
        client = IssuerClient(SsrfGuard(LOOPBACK, lookup=nearby))
        given = await client.post(f"http://shed.example:{there.port}/token", "client_secret=s", {})
        assert given.body == {"access_token": "t"}
        with pytest.raises(Unavailable, match="over plain http: use https"):
            await client.post(f"http://barn.example:{there.port}/token", "client_secret=s", {})
