"""An issuer that does not answer is asked once for everybody who waits for it, and anew for whoever comes later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from agent.sso.flow import Flow
from agent.sso.provider import Provider
from core.errors import Unavailable
from executors.http.issuer_client import IssuerAnswer, IssuerClient
from executors.http.ssrf_guard import SsrfGuard

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ISSUER = "https://login.harbour.example"
DESCRIBED = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
}


@dataclass
class Harbour:
    """What the issuer is asked, and whether it answers. Without a description it is down."""

    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    described: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class SlowIssuer(IssuerClient):
    """Answers once it is let."""

    harbour: Harbour = field(default_factory=Harbour)

    async def get(self, url: str, *, bearer: str = "") -> IssuerAnswer:
        self.harbour.asked.append(url)
        await self.harbour.let.wait()
        if not self.harbour.described:
            raise Unavailable(f"{ISSUER} did not answer.")
        return IssuerAnswer(200, {"keys": []} if url.endswith("/keys") else self.harbour.described)


async def test_an_issuer_that_is_down_is_asked_once_for_all_who_wait_and_anew_for_the_next() -> None:
    client = SlowIssuer(SsrfGuard())
    harbour = client.harbour
    provider = Provider(
        ISSUER, "us", "", "Harbour", "https://ops.harbour.example/sign-in/callback", client, lambda: NOW
    )
    waiting: list[asyncio.Task[object]] = [
        asyncio.create_task(provider.make_address(Flow.begin(NOW, "/"))) for _ in range(6)
    ]
    waiting += [asyncio.create_task(provider.authorize("a.b.c", audience="x")) for _ in range(3)]
    while not harbour.asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    harbour.let.set()
    for each in waiting:
        with pytest.raises(Unavailable, match="did not answer"):
            await each
    assert len(harbour.asked) == 1
    harbour.described = DESCRIBED
    assert (await provider.make_address(Flow.begin(NOW, "/"))).startswith(f"{ISSUER}/authorize?")
